/** Settings: pages on the left, one form on the right. */

import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { sessionQuery } from "~/app/queries.ts";
import views from "~/features/inbox/views.module.css";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { AccountPage } from "./AccountPage.tsx";
import { CannedPage } from "./CannedPage.tsx";
import { InboxPage } from "./InboxPage.tsx";
import { InboxesPage } from "./InboxesPage.tsx";
import { NewInboxPage } from "./NewInboxPage.tsx";
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
  { page: "account", icon: "settings", word: "Account", group: "Desk" },
  { page: "people", icon: "users", word: "People", group: "People" },
  { page: "tokens", icon: "key", word: "API tokens", group: "Developers", needs: "tokens:manage" },
];

export function Settings(): ReactNode {
  const { page, item } = useParams({ from: "/desk/settings/{-$page}/{-$item}" });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const entries = ENTRIES.filter((entry) => !entry.needs || session.permissions.includes(entry.needs));
  const current = entries.find((entry) => entry.page === page) ?? entries[1];
  useEffect(() => {
    document.title = `${current?.word ?? "Settings"} · Frontdesk`;
  }, [current]);
  return (
    <div className={styles.settings} data-chosen={page ? true : undefined}>
      <aside className={views.views} aria-label="Settings">
        <div className={views.bar}>
          <strong>Settings</strong>
        </div>
        <nav className={`${views.list ?? ""} scroll`} aria-label="Settings pages">
          {entries.map((entry, at) => (
            <div key={entry.page}>
              {at > 0 && entry.group !== entries[at - 1]?.group ? <h3>{entry.group}</h3> : null}
              <Link to="/settings/{-$page}/{-$item}" params={{ page: entry.page, item: undefined }} className={views.view} aria-current={entry === current ? "page" : undefined}>
                <Icon name={entry.icon} />
                {entry.word}
              </Link>
            </div>
          ))}
        </nav>
      </aside>
      <main id="main" tabIndex={-1} className={styles.main}>
        <Link to="/settings/{-$page}/{-$item}" params={{ page: undefined, item: undefined }} className={styles.back}>
          <Icon name="left" /> Settings
        </Link>
        <PageOf page={current?.page ?? "inboxes"} item={item} />
      </main>
    </div>
  );
}

function PageOf({ page, item }: { page: string; item: string | undefined }): ReactNode {
  switch (page) {
    case "profile":
      return <ProfilePage />;
    case "canned":
      return <CannedPage />;
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
