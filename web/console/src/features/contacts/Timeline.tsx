/** What was said with a contact in every channel, as one line, the newest at the end. */

import { clockTime, dayLabel, fullTime, type Conversation, type Message } from "@frontdesk/shared";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { contactTimelineQuery } from "~/app/queries.ts";
import { Content } from "~/features/thread/Content.tsx";
import { LightboxProvider } from "~/features/thread/content/Lightbox.tsx";
import { MessageIdContext } from "~/features/thread/content/media.ts";
import { Button } from "~/ui/Button.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { Failed } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import styles from "./contacts.module.css";
import { TableBones } from "./TableBones.tsx";
import { timelineOf, type TimelineRow } from "./timeline.ts";

export function Timeline({ contactId, name, conversations }: { contactId: string; name: string; conversations: readonly Conversation[] }): ReactNode {
  const query = useInfiniteQuery(contactTimelineQuery(contactId));
  const rows = timelineOf(query.data?.pages.flatMap((each) => each.items) ?? [], conversations);
  if (query.isPending) return <TableBones />;
  if (query.isError && rows.length === 0) return <Failed title="The timeline did not load" error={query.error} onRetry={() => void query.refetch()} />;
  if (rows.length === 0) return <p className={`meta ${styles.none ?? ""}`}>Nothing was said yet.</p>;
  return (
    <LightboxProvider>
      {query.hasNextPage ? (
        <p className={styles.earlier}>
          <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load what came before
          </Button>
        </p>
      ) : null}
      <ol className={styles.timeline}>
        {rows.map((row) => (
          <li key={row.key}>
            <RowView row={row} name={name} />
          </li>
        ))}
      </ol>
    </LightboxProvider>
  );
}

function RowView({ row, name }: { row: TimelineRow; name: string }): ReactNode {
  const now = useNow();
  if (row.type === "day") return <h3 className={styles.day}>{dayLabel(row.at, now)}</h3>;
  if (row.type === "message") return <Said message={row.message} name={name} />;
  const { conversation } = row;
  return (
    <Link to="/inbox/$view/{-$conversationId}" params={{ view: "all", conversationId: row.conversationId }} search={{}} className={styles.place}>
      <ChannelGlyph channel={conversation?.inbox.channel ?? ""} />
      <span className="one">{conversation ? [conversation.inbox.name, conversation.topic].filter(Boolean).join(" · ") : "Open the conversation"}</span>
      <Icon name="right" size={12} />
    </Link>
  );
}

function Said({ message, name }: { message: Message; name: string }): ReactNode {
  const { author, direction } = message;
  const who = direction === "incoming" ? (author.name ?? name) : (author.name ?? "Desk");
  return (
    <article className={classes(styles.said, direction === "outgoing" && styles.ours, direction === "note" && styles.noted)} data-direction={direction} aria-label={who}>
      <p className={styles.sayer}>
        {direction === "note" ? <Icon name="lock" size={12} /> : null}
        <b className="one">{who}</b>
        <time dateTime={message.created_at} title={fullTime(message.created_at)}>
          {clockTime(message.created_at)}
        </time>
      </p>
      {message.deleted_at ? (
        <p className="meta">This message was deleted</p>
      ) : (
        <MessageIdContext value={message.id}>
          <Content content={message.content} />
        </MessageIdContext>
      )}
    </article>
  );
}
