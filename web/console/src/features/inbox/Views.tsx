/** The views: what to look at, each with its live count. */

import type { Counts } from "@frontdesk/shared";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, type ReactNode } from "react";
import { useLive } from "~/app/live.ts";
import { countsQuery, inboxesQuery, sessionQuery } from "~/app/queries.ts";
import { openPalette } from "~/features/keys/help-store.ts";
import { capsOf } from "~/features/keys/keys.ts";
import { IconButton } from "~/ui/Button.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { Dot, DrawnKbd } from "~/ui/small.tsx";
import { writeMessage } from "./new-message.ts";
import { VIEW_TITLES, type ViewName } from "./views.ts";
import styles from "./views.module.css";

const VIEWS: { name: ViewName; icon: IconName; count?: keyof Counts }[] = [
  { name: "mine", icon: "person", count: "mine" },
  { name: "unassigned", icon: "inbox", count: "unassigned" },
  { name: "all", icon: "bubble", count: "open" },
  { name: "unread", icon: "bell", count: "unread" },
  { name: "snoozed", icon: "moon", count: "snoozed" },
  { name: "starred", icon: "star" },
];

interface ViewsProps {
  view: ViewName;
  /** Nothing else is on the page. */
  alone: boolean;
  /** They were asked for, in place of the list. */
  chosen: boolean;
}

export function Views({ view, alone, chosen }: ViewsProps): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: counts } = useQuery(countsQuery);
  const { data: inboxes } = useQuery(inboxesQuery);
  const { inbox } = useSearch({ strict: false });
  const mayWrite = session.permissions.includes("conversations:write");
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    if (chosen) frame.current?.querySelector<HTMLElement>("nav [aria-current]")?.focus();
  }, [chosen]);
  const [Frame, Name, Part] = alone ? (["main", "h1", "h2"] as const) : (["aside", "strong", "h3"] as const);
  return (
    <Frame ref={frame} {...(alone ? { id: "main", tabIndex: -1 } : {})} className={styles.views} data-pane="views" aria-label="Views">
      <div className={styles.bar}>
        <Name className={classes(styles.account, "one grow")}>{session.account.name}</Name>
        {mayWrite ? <IconButton icon="pen" label="New message" keys="C" onClick={() => writeMessage()} /> : null}
      </div>
      <button type="button" className={styles.find} onClick={openPalette}>
        <Icon name="search" />
        Search or go to
        <DrawnKbd keys={capsOf("mod+k")[0]?.join(" ") ?? ""} />
      </button>
      <nav className={`${styles.list} scroll`} aria-label="Conversation views">
        {VIEWS.map(({ name, icon, count }) => (
          <Link
            key={name}
            to="/inbox/$view/{-$conversationId}"
            params={{ view: name, conversationId: undefined }}
            search={{}}
            className={styles.view}
            aria-current={view === name && !inbox ? "page" : undefined}
          >
            <Icon name={icon} />
            <span className="one">{VIEW_TITLES[name]}</span>
            {count && counts ? <span className={styles.count}>{counts[count]}</span> : null}
          </Link>
        ))}
        {inboxes && inboxes.length > 1 ? (
          <>
            <Part>Inboxes</Part>
            {inboxes.map((each) => (
              <Link
                key={each.id}
                to="/inbox/$view/{-$conversationId}"
                params={{ view: "all", conversationId: undefined }}
                search={{ inbox: each.id }}
                className={styles.view}
                aria-current={inbox === each.id ? "page" : undefined}
              >
                <ChannelGlyph channel={each.channel} />
                <span className="one">{each.name}</span>
                {each.state === "connected" || each.state === "active" ? null : <Dot tone="amber" className={styles.state} />}
              </Link>
            ))}
          </>
        ) : null}
      </nav>
      <Foot />
    </Frame>
  );
}

function Foot(): ReactNode {
  const connection = useLive((live) => live.connection);
  const agents = useLive((live) => live.agents);
  const online = agents.filter((agent) => agent.state === "online").length;
  if (connection !== "online") {
    return (
      <p className={styles.foot}>
        <Dot tone={connection === "connecting" ? undefined : "amber"} />
        {connection === "connecting" ? "Connecting" : "Offline"}
      </p>
    );
  }
  return (
    <p className={styles.foot} title={agents.map((agent) => `${agent.name}, ${agent.state}`).join("\n")}>
      <Dot tone="green" />
      {online > 1 ? `${String(online)} agents online` : "You are online"}
    </p>
  );
}
