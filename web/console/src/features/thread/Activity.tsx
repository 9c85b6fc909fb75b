/** Something that happened, as one plain line. */

import { clockTime, fullTime, type ActivityContent, type Message } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { Icon, type IconName } from "~/ui/icons.tsx";
import styles from "./flow.module.css";

const WORDS: Record<string, [icon: IconName, text: (subject: string | null, author: string | null) => string]> = {
  "conversation.opened": ["bubble", () => "opened the conversation"],
  "conversation.assigned": ["user", (subject, author) => (subject ? (subject === author ? "took the conversation" : `assigned it to ${subject}`) : "removed the assignee")],
  "conversation.resolved": ["check", () => "resolved the conversation"],
  "conversation.reopened": ["retry", () => "reopened the conversation"],
  "conversation.snoozed": ["moon", (subject) => `snoozed it${subject ? ` until ${subject}` : ""}`],
  "conversation.pending": ["clock", () => "set it to pending"],
};

export function Activity({ message }: { message: Message }): ReactNode {
  const content = message.content as ActivityContent;
  const known = WORDS[content.activity];
  const author = message.author.name ?? null;
  return (
    <p className={styles.activity} data-message={message.id} data-seq={message.seq}>
      <Icon name={known?.[0] ?? "log"} />
      <span>
        {known && author ? (
          <>
            <b>{author}</b> {known[1](content.subject_name ?? null, author)}
          </>
        ) : (
          (content.text ?? content.activity)
        )}
      </span>
      <time dateTime={message.created_at} title={fullTime(message.created_at)}>
        {clockTime(message.created_at)}
      </time>
    </p>
  );
}
