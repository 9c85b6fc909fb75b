/** All inboxes and their state. */

import type { Inbox } from "@frontdesk/shared";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { inboxesQuery, sessionQuery } from "~/app/queries.ts";
import { buttonClass } from "~/ui/Button.tsx";
import { ChannelGlyph, ChannelName } from "~/ui/Channel.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Blank, Chip, Failed, type Tone } from "~/ui/small.tsx";
import { PageBones, SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

const STATES: Record<string, [word: string, tone: Tone]> = {
  new: ["Not checked yet", "quiet"],
  draft: ["Not checked yet", "quiet"],
  connected: ["Connected", "green"],
  active: ["Connected", "green"],
  ready: ["Connected", "green"],
  reconnect: ["Reconnect", "red"],
  auth_expired: ["Reconnect", "red"],
  failed: ["Needs you", "amber"],
  error: ["Needs you", "amber"],
  disabled: ["Paused", "quiet"],
};

export function InboxState({ inbox }: { inbox: Inbox }): ReactNode {
  const [word, tone] = STATES[inbox.state] ?? [inbox.state, "quiet"];
  return (
    <span title={inbox.state_reason ?? undefined}>
      <Chip tone={tone}>{word}</Chip>
    </span>
  );
}

export function InboxesPage(): ReactNode {
  const query = useQuery(inboxesQuery);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const manages = session.permissions.includes("inboxes:manage");
  return (
    <SettingsPage
      title="Inboxes"
      lead="Each is one number, address or site where customers reach you."
      action={
        manages ? (
          <Link to="/settings/{-$page}/{-$item}" params={{ page: "inboxes", item: "new" }} className={buttonClass("go")}>
            Connect inbox
          </Link>
        ) : null
      }
    >
      {query.isPending ? <PageBones /> : null}
      {query.isError && !query.data ? <Failed title="The inboxes did not load" error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? (
        <Blank icon="inbox" title="No inbox yet">
          Connect WhatsApp, or put the chat on your site.
        </Blank>
      ) : null}
      {query.data?.length ? (
        <ul className={styles.card} aria-label="Inboxes">
          {query.data.map((inbox) => (
            <li key={inbox.id}>
              <Link to="/settings/{-$page}/{-$item}" params={{ page: "inboxes", item: inbox.id }} className={styles.line}>
                <span className={styles.lineGlyph}>
                  <ChannelGlyph channel={inbox.channel} size={20} />
                </span>
                <span className="grow">
                  <strong>{inbox.name}</strong>
                  <span className="meta" style={{ display: "block" }}>
                    <ChannelName channel={inbox.channel} />
                  </span>
                </span>
                {inbox.simulated ? <Chip tone="amber">Simulated</Chip> : null}
                <InboxState inbox={inbox} />
                <Icon name="right" />
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </SettingsPage>
  );
}
