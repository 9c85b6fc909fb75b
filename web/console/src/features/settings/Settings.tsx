/** Settings: pages on the left, one form on the right. */

import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { sessionQuery } from "~/app/queries.ts";
import views from "~/features/inbox/views.module.css";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { useNarrow } from "~/ui/useNarrow.ts";
import { AccountPage } from "./AccountPage.tsx";
import { CannedPage } from "./CannedPage.tsx";
import { InboxPage } from "./InboxPage.tsx";
import { InboxesPage } from "./InboxesPage.tsx";
import { NewInboxPage } from "./NewInboxPage.tsx";
import { OptOutsPage } from "./OptOutsPage.tsx";
import { PeoplePage } from "./PeoplePage.tsx";
import { ProfilePage } from "./ProfilePage.tsx";
import styles from "./settings.module.css";
import { TokensPage } from "./TokensPage.tsx";

interface Entry {
  page: string;
  icon: IconName;
  word: string;
  group: string;
  needs?: string;
}

const ENTRIES: Entry[] = [
  { page: "profile", icon: "profile", word: "Your profile", group: "You" },
  { page: "inboxes", icon: "inbox", word: "Inboxes", group: "Desk" },
  { page: "canned", icon: "saved", word: "Canned responses", group: "Desk" },
  { page: "opt-outs", icon: "ban", word: "Opt-outs", group: "Desk", needs: "contacts:read" },
  { page: "account", icon: "settings", word: "Account", group: "Desk" },
  { page: "people", icon: "users", word: "People", group: "People" },
  { page: "tokens", icon: "key", word: "API tokens", group: "Developers", needs: "tokens:manage" },
];

export function Settings(): ReactNode {
  const { page, item } = useParams({ from: "/desk/settings/{-$page}/{-$item}" });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const entries = ENTRIES.filter((entry) => !entry.needs || session.permissions.includes(entry.needs));
  const current = entries.find((entry) => entry.page === page) ?? entries[1];
  const narrow = useNarrow();
  // Alone on the page, the list is what the page is about.
  const Pages = narrow && !page ? "main" : "aside";
  useEffect(() => {
    document.title = `${current?.word ?? "Settings"} · Frontdesk`;
  }, [current]);
  return (
    <div className={styles.settings} data-chosen={page ? true : undefined}>
      <Pages className={views.views} aria-label="Settings" {...(Pages === "main" ? { id: "main", tabIndex: -1 } : {})}>
        <div className={views.bar}>{Pages === "main" ? <h1>Settings</h1> : <strong>Settings</strong>}</div>
        <nav className={`${views.list ?? ""} scroll`} aria-label="Settings pages">
          {entries.map((entry, at) => (
            <div key={entry.page}>
              {at > 0 && entry.group !== entries[at - 1]?.group ? <h2>{entry.group}</h2> : null}
              <Link to="/settings/{-$page}/{-$item}" params={{ page: entry.page, item: undefined }} className={views.view} aria-current={entry === current && Pages === "aside" ? "page" : undefined}>
                <Icon name={entry.icon} />
                {entry.word}
              </Link>
            </div>
          ))}
        </nav>
      </Pages>
      {Pages === "main" ? null : (
      <main id="main" tabIndex={-1} className={styles.main}>
        <Link to="/settings/{-$page}/{-$item}" params={{ page: undefined, item: undefined }} className={styles.back}>
          <Icon name="left" /> Settings
        </Link>
        <PageOf page={current?.page ?? "inboxes"} item={item} />
      </main>
      )}
    </div>
  );
}

function PageOf({ page, item }: { page: string; item: string | undefined }): ReactNode {
  switch (page) {
    case "profile":
      return <ProfilePage />;
    case "canned":
      return <CannedPage />;
    case "opt-outs":
      return <OptOutsPage />;
    case "account":
      return <AccountPage />;
    case "people":
      return <PeoplePage />;
    case "tokens":
      return <TokensPage />;
    default:
      if (item === "new") return <NewInboxPage />;
      return item ? <InboxPage key={item} id={item} /> : <InboxesPage />;
  }
}
