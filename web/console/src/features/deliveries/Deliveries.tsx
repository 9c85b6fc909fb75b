/** The delivery log: what did not arrive, what was given up, what was not understood, what providers said. */

import { Link, useParams } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import page from "~/ui/page.module.css";
import { DeadLetters } from "./DeadLetters.tsx";
import { Notices } from "./Notices.tsx";
import { Receipts } from "./Receipts.tsx";
import { Trouble } from "./Trouble.tsx";

const TABS = [
  { tab: "failed", word: "Failed", show: () => <Trouble key="failed" status="failed" /> },
  { tab: "unknown", word: "Unknown", show: () => <Trouble key="unknown" status="unknown" /> },
  { tab: "dead-letters", word: "Dead letters", show: () => <DeadLetters /> },
  { tab: "receipts", word: "Failed receipts", show: () => <Receipts /> },
  { tab: "notices", word: "Channel notices", show: () => <Notices /> },
];

export function Deliveries(): ReactNode {
  const { tab = "failed" } = useParams({ from: "/desk/deliveries/{-$tab}" });
  const shown = TABS.find((each) => each.tab === tab) ?? TABS[0];
  useEffect(() => {
    document.title = "Delivery log · Frontdesk";
  }, []);
  return (
    <main id="main" tabIndex={-1} className={page.page}>
      <header className={page.bar}>
        <h1>Delivery log</h1>
        <span className={`meta one ${page.hideSmall ?? ""}`}>What did not arrive, with what was asked and answered, and how to put it right.</span>
      </header>
      <nav className={page.tabs} aria-label="Delivery log">
        {TABS.map((each) => (
          <Link key={each.tab} to="/deliveries/{-$tab}" params={{ tab: each.tab }} aria-current={each === shown ? "page" : undefined}>
            {each.word}
          </Link>
        ))}
      </nav>
      <div className="scroll">{shown?.show()}</div>
    </main>
  );
}
