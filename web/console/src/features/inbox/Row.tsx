/** One conversation in the list: who, when; the last words, whose they are, how many are unread, who has it. Two lines. */

import { fullTime, listTime, nameOf, type Conversation } from "@frontdesk/shared";
import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";
import { useLive } from "~/app/live.ts";
import { Avatar } from "~/ui/Avatar.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import styles from "./list.module.css";
import type { ViewName } from "./views.ts";

interface RowProps {
  conversation: Conversation;
  view: ViewName;
  current: boolean;
  ownId: string;
  ownName: string;
  now: number;
  first: boolean;
  onSeed: (row: Conversation) => void;
}

/** Whose the last words are: nobody's name for the customer's own. */
export function hintOf(conversation: Conversation, ownName: string): { text: string; note: boolean } | null {
  const { preview } = conversation;
  if (preview.direction === "incoming" || preview.direction === "activity") return null;
  if (preview.direction === "note") return { text: "Note:", note: true };
  return { text: preview.author === ownName ? "You:" : `${preview.author ?? "Desk"}:`, note: false };
}

export const Row = memo(function Row({ conversation, view, current, ownId, ownName, now, first, onSeed }: RowProps): ReactNode {
  const { id, contact, inbox, assignee, unread, preview } = conversation;
  const typing = useLive((live) => live.typing[id]?.find((author) => author.id !== ownId));
  const name = nameOf(contact);
  const hint = hintOf(conversation, ownName);
  const at = conversation.last_message_at;
  return (
    <Link
      to="/inbox/$view/{-$conversationId}"
      params={{ view, conversationId: id }}
      search={(old) => old}
      className={classes(styles.row, unread > 0 && styles.unread, first && styles.first)}
      aria-current={current ? "true" : undefined}
      preload={false}
      onMouseDown={() => onSeed(conversation)}
      onClick={() => onSeed(conversation)}
    >
      <Avatar id={contact.id} name={name} channel={inbox.channel} />
      <span className={styles.lines}>
        <span className={styles.line}>
          <span className={classes(styles.name, "one")}>{name}</span>
          <time dateTime={at} title={fullTime(at)}>
            {listTime(at, now)}
          </time>
        </span>
        <span className={styles.line}>
          <span className={classes(styles.preview, "one", hint?.note && styles.notePreview)}>
            {typing ? (
              `${typing.name ?? (typing.type === "contact" ? name : "Somebody")} is typing`
            ) : (
              <>
                {hint ? <b>{hint.text} </b> : null}
                {preview.text || "No messages yet"}
              </>
            )}
          </span>
          {unread > 0 ? (
            <span className={styles.unreadCount} aria-label={`${String(unread)} unread`} role="img">
              {unread > 99 ? "99+" : unread}
            </span>
          ) : null}
          {conversation.status === "snoozed" ? <Icon name="moon" /> : null}
          {assignee ? (
            <span title={`Assigned to ${assignee.id === ownId ? "you" : assignee.name}`}>
              <Avatar id={assignee.id} name={assignee.name} size={20} />
            </span>
          ) : null}
        </span>
      </span>
    </Link>
  );
});
