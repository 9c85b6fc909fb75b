/** The pane where no conversation is open: a new desk's first steps, or what to press. */

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { countsQuery, inboxesQuery, sessionQuery, usersQuery } from "~/app/queries.ts";
import { buttonClass } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { Blank, Chip, Kbd } from "~/ui/small.tsx";
import styles from "./welcome.module.css";

function greeting(hour: number): string {
  if (hour < 5) return "Good evening";
  if (hour < 12) return "Good morning";
  return hour < 18 ? "Good afternoon" : "Good evening";
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
  const steps = [
    { icon: "check" as IconName, title: "Account made", text: `${session.account.name}, ${session.account.time_zone}`, done: true, action: null },
    {
      icon: "inbox" as IconName,
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
      icon: "users" as IconName,
      title: "Invite your colleagues",
      text: "They answer, you see who has what",
      done: (users?.length ?? 0) > 1,
      action: (
        <Link to="/settings/{-$page}/{-$item}" params={{ page: "people" }} className={buttonClass()}>
          Invite
        </Link>
      ),
    },
  ];
  return (
    <main id="main" tabIndex={-1} className={styles.pane} aria-label="Conversation">
      <div className={styles.start}>
        <h1>
          {greeting(new Date().getHours())}, {session.user.name.split(" ")[0]}
        </h1>
        <p className={styles.lead}>Try the desk with simulated customers first, or connect your own number. Either takes about two minutes.</p>
        {session.account.simulated ? (
          <section className={styles.try} aria-labelledby="write-as">
            <h2 id="write-as">Write as a customer</h2>
            <Chip tone="amber">Simulated</Chip>
            <Link to="/phones/{-$channel}" params={{ channel: undefined }} className="push">
              Open the phones
            </Link>
          </section>
        ) : null}
        <ol className={styles.steps} aria-label="Set up your desk">
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
          {steps.filter((step) => step.done).length} of {steps.length} done. This page goes away by itself. <Kbd>?</Kbd> shows every key.
        </p>
      </div>
    </main>
  );
}
