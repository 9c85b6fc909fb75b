/** The help overlay: every shortcut that works on this page. */

import type { ReactNode } from "react";
import { Dialog } from "~/ui/Dialog.tsx";
import { Kbd } from "~/ui/small.tsx";
import { setOverlay, useOverlay } from "./help-store.ts";
import styles from "./help.module.css";
import { activeShortcuts, capsOf, type Shortcut } from "./keys.ts";

const GROUPS: Shortcut["group"][] = ["List", "Conversation", "Go to", "Anywhere"];

export function Caps({ keys }: { keys: string }): ReactNode {
  return (
    <span className={styles.caps}>
      {capsOf(keys).map((step, at) => (
        <span key={step.join("+")} className={styles.caps}>
          {at > 0 ? <span className="meta">then</span> : null}
          {step.map((cap) => (
            <Kbd key={cap}>{cap}</Kbd>
          ))}
        </span>
      ))}
    </span>
  );
}

export function Help(): ReactNode {
  const opened = useOverlay() === "help";
  const shortcuts = opened ? activeShortcuts() : [];
  return (
    <Dialog title="Keyboard shortcuts" opened={opened} onClose={() => setOverlay(null)} width={680}>
      <div className={styles.groups}>
        {GROUPS.map((group) => {
          const members = shortcuts.filter((each) => each.group === group);
          if (members.length === 0) return null;
          return (
            <section key={group} className={styles.group}>
              <h3>{group}</h3>
              <ul>
                {members.map((each) => (
                  <li key={each.keys}>
                    <span>{each.label}</span>
                    <Caps keys={each.keys} />
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
