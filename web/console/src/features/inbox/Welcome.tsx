/** The pane where no conversation is open: a new desk's first steps, or what to press. */

import type { Inbox, Session, User } from "@frontdesk/shared";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { countsQuery, inboxesQuery, sessionQuery, usersQuery } from "~/app/queries.ts";
import { buttonClass } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { Blank, Kbd } from "~/ui/small.tsx";
import styles from "./welcome.module.css";

function greeting(hour: number): string {
  if (hour < 5) return "Good evening";
  if (hour < 12) return "Good morning";
  return hour < 18 ? "Good afternoon" : "Good evening";
}

interface Step {
  icon: IconName;
  title: string;
  text: string;
  done?: boolean;
  action: ReactNode;
}

/** What there is to try where everything is simulated. */
const TOUR: Step[] = [
  {
    icon: "phone",
    title: "Write as a customer",
    text: "Text, photos, places and voice from a simulated phone",
    action: (
      <Link to="/phones/{-$channel}" params={{ channel: undefined }} className={buttonClass("go")}>
        Open the phones
      </Link>
    ),
  },
  {
    icon: "globe",
    title: "Write as a visitor",
    text: "The chat on the page of a sample shop",
    action: (
      <a href="demo/shop" target="_blank" rel="noopener" className={buttonClass()}>
        Open the shop
      </a>
    ),
  },
  { icon: "reply", title: "Answer here", text: "What they write appears in the list at once; your ticks show when they have read it", action: null },
];

function setUpOf(session: Session, inboxes: Inbox[] | undefined, users: User[] | undefined): Step[] {
  return [
    { icon: "check", title: "Account made", text: `${session.account.name}, ${session.account.time_zone}`, done: true, action: null },
    {
      icon: "inbox",
      title: "Connect an inbox",
      text: inboxes?.length ? inboxes.map((inbox) => inbox.name).join(", ") : "WhatsApp or the chat on your site",
      done: Boolean(inboxes?.length),
      action: (
        <Link to="/settings/{-$page}/{-$item}" params={{ page: "inboxes", item: "new" }} className={buttonClass("go")}>
          Connect inbox
        </Link>
      ),
    },
    {
      icon: "users",
      title: "Invite your colleagues",
      text: "They answer, you see who has what",
      done: (users?.length ?? 0) > 1,
      action: (
        <Link to="/settings/{-$page}/{-$item}" params={{ page: "people", item: undefined }} className={buttonClass()}>
          Invite
        </Link>
      ),
    },
  ];
}

export function Welcome(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: counts } = useQuery(countsQuery);
  const { data: inboxes } = useQuery(inboxesQuery);
  const { data: users } = useQuery({ ...usersQuery, enabled: session.permissions.includes("users:read") });
  const empty = counts !== undefined && counts.open + counts.pending + counts.snoozed + counts.resolved === 0;
  if (!empty) {
    return (
      <main id="main" tabIndex={-1} className={styles.pane} aria-label="Conversation">
        <Blank icon="bubble" title="Choose a conversation">
          <Kbd>J</Kbd> and <Kbd>K</Kbd> go through the list, <Kbd>?</Kbd> shows every key.
        </Blank>
      </main>
    );
  }
  const steps = session.account.simulated ? TOUR : setUpOf(session, inboxes, users);
  const done = steps.filter((step) => step.done).length;
  return (
    <main id="main" tabIndex={-1} className={styles.pane} aria-label="Conversation">
      <div className={styles.start}>
        <h1>
          {greeting(new Date().getHours())}, {session.user.name.split(" ")[0]}
        </h1>
        <p className={styles.lead}>
          {session.account.simulated ? "This desk and its customers are made up. Be one of them, then answer from here." : "Connect where your customers write. It takes about two minutes."}
        </p>
        <ol className={styles.steps} aria-label={session.account.simulated ? "Try the desk" : "Set up your desk"}>
          {steps.map((step) => (
            <li key={step.title}>
              <span className={classes(styles.glyph, step.done && styles.done)}>
                <Icon name={step.done ? "check" : step.icon} size={20} />
              </span>
              <span className="grow">
                <h2>{step.title}</h2>
                <span className="meta">{step.text}</span>
              </span>
              {step.done ? <span className="meta">Done</span> : step.action}
            </li>
          ))}
        </ol>
        <p className={`meta ${styles.foot}`}>
          {session.account.simulated ? "This page goes away with the first message." : `${String(done)} of ${String(steps.length)} done. This page goes away by itself.`} <Kbd>?</Kbd> shows every key.
        </p>
      </div>
    </main>
  );
}
