/** Earlier conversations of the same thread, folded above the messages. */

import { shortDate, type Conversation, type Resolution } from "@frontdesk/shared";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { rowsOf } from "~/app/cache.ts";
import { conversationsQuery } from "~/app/queries.ts";
import { Icon } from "~/ui/icons.tsx";
import styles from "./flow.module.css";

const OUTCOMES: Record<Resolution, string> = { resolved: "Resolved", unresolved: "Closed unresolved", unclassified: "Closed", handed_to_room: "Handed to a room" };

export function outcomeOf(conversation: Conversation): string {
  if (conversation.status !== "resolved") return conversation.status.charAt(0).toUpperCase() + conversation.status.slice(1);
  return OUTCOMES[conversation.resolution ?? "resolved"];
}

export function titleOf(conversation: Conversation): string {
  return conversation.topic ?? (conversation.preview.text || "Conversation");
}

export function EarlierConversations({ conversation }: { conversation: Conversation }): ReactNode {
  const { data } = useInfiniteQuery(conversationsQuery({ status: "all", thread_id: conversation.thread_id }));
  const others = rowsOf(data).filter((each) => each.id !== conversation.id && each.opened_at <= conversation.opened_at);
  if (others.length === 0) return null;
  return (
    <details className={styles.earlier}>
      <summary>
        <Icon name="clock" />
        {others.length === 1 ? "1 earlier conversation" : `${String(others.length)} earlier conversations`}
        <Icon name="down" />
      </summary>
      <ul>
        {others.map((each) => (
          <li key={each.id}>
            <Link to="/inbox/$view/{-$conversationId}" params={{ view: "all", conversationId: each.id }} search={{}}>
              <Icon name="check" className="green" />
              <span className="grow one">{titleOf(each)}</span>
              <span className="meta">
                {outcomeOf(each)} · {shortDate(each.resolved_at ?? each.last_message_at)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}
