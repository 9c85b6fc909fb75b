/** The messages of a thread: rows, older pages on the way up, who writes, jump to the latest. */

import { nameOf, clockTime, dayLabel, fullTime, type Author, type Conversation, type Message } from "@frontdesk/shared";
import { memo, type ReactNode, type RefObject } from "react";
import { Avatar } from "~/ui/Avatar.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { Bone } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import { Activity } from "./Activity.tsx";
import { Bubble } from "./Bubble.tsx";
import { BubbleTools } from "./BubbleTools.tsx";
import { Content } from "./Content.tsx";
import styles from "./flow.module.css";
import { showsMeta, type Item, type Row } from "./rows.ts";
import { Meta } from "./Ticks.tsx";
import type { ThreadTools } from "./tools.ts";

interface FlowProps {
  conversation: Conversation;
  rows: readonly Row[];
  tools: ThreadTools;
  typing: readonly Author[];
  older: "none" | "more" | "loading";
  flow: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  atBottom: boolean;
  unseen: number;
  onJump: () => void;
  top: ReactNode;
}

export function Flow({ conversation, rows, tools, typing, older, flow, content, onScroll, atBottom, unseen, onJump, top }: FlowProps): ReactNode {
  return (
    <div className={styles.wrap}>
      <div ref={flow} className={styles.flow} onScroll={onScroll} tabIndex={0} role="log" aria-label="Messages" aria-live="polite" aria-relevant="additions">
        <div ref={content} className={styles.messages}>
          {older === "none" ? (
            top
          ) : (
            <p className={styles.older} role="status">
              {older === "loading" ? "Loading older messages" : ""}
            </p>
          )}
          {rows.map((row) => (
            <RowView key={row.key} row={row} conversation={conversation} tools={tools} />
          ))}
          <Typing conversation={conversation} authors={typing} />
        </div>
      </div>
      {atBottom ? null : (
        <button type="button" className={styles.jump} onClick={onJump} aria-label={unseen ? `Jump to latest, ${String(unseen)} new` : "Jump to latest"}>
          {unseen ? `${String(unseen)} new` : null}
          <Icon name="jump" />
        </button>
      )}
    </div>
  );
}

interface RowProps {
  row: Row;
  conversation: Conversation;
  tools: ThreadTools;
}

const RowView = memo(function RowView({ row, conversation, tools }: RowProps): ReactNode {
  switch (row.type) {
    case "day":
      return <Day at={row.at} />;
    case "new":
      return (
        <div className={styles.newLine} role="separator" aria-label="New messages">
          New
        </div>
      );
    case "activity":
      return <Activity message={row.message} />;
    case "note":
      return <Note item={row.item} tools={tools} />;
    case "group":
      return <Group row={row} conversation={conversation} tools={tools} />;
  }
});

function Day({ at }: { at: string }): ReactNode {
  const now = useNow();
  return <div className={styles.day}>{dayLabel(at, now)}</div>;
}

function Group({ row, conversation, tools }: RowProps & { row: Extract<Row, { type: "group" }> }): ReactNode {
  const incoming = row.direction === "incoming";
  const { author } = row;
  const contactName = nameOf(conversation.contact);
  const name = incoming ? (author.name ?? contactName) : author.id === tools.ownId ? "You" : (author.name ?? (author.type === "bot" ? "Bot" : "Desk"));
  return (
    <div className={classes(styles.group, !incoming && styles.outgoing)} role="group" aria-label={name}>
      {incoming ? (
        <span className={styles.face}>
          <Avatar id={conversation.contact.id} name={name} size={28} />
        </span>
      ) : null}
      {row.named ? (
        <p className={styles.who}>
          {author.type === "bot" ? <Icon name="bot" /> : null}
          <b>{name}</b>
        </p>
      ) : null}
      <div className={styles.stack}>
        {row.items.map((item, at) => (
          <div key={item.id} className={styles.item} data-after-meta={at > 0 && showsMeta(row.items, at - 1) ? true : undefined}>
            <Bubble item={item} tools={tools} />
            {showsMeta(row.items, at) ? <Meta item={item} onDetails={tools.showDetails} /> : null}
          </div>
        ))}
      </div>
    </div>
  );
}

function Note({ item, tools }: { item: Item; tools: ThreadTools }): ReactNode {
  const { message, entry } = item;
  const failed = entry?.state === "failed";
  return (
    <div className={styles.note} role="group" aria-label={`Note by ${item.author.name ?? "an agent"}`} data-message={item.id} data-seq={message?.seq}>
      <p className={styles.noteHead}>
        <Icon name="lock" size={12} />
        <b>{item.author.id === tools.ownId ? "You" : item.author.name}</b> · note ·
        <time dateTime={item.created_at} title={fullTime(item.created_at)}>
          {entry && !failed ? "saving" : clockTime(item.created_at)}
        </time>
        {message?.starred ? <Icon name="star" size={12} filled /> : null}
      </p>
      <Content content={item.content} />
      {message ? <BubbleTools message={message} tools={tools} /> : null}
      {failed ? <Meta item={item} onDetails={tools.showDetails} /> : null}
    </div>
  );
}

function Typing({ conversation, authors }: { conversation: Conversation; authors: readonly Author[] }): ReactNode {
  if (authors.length === 0) return null;
  const names = authors.map((author) => author.name ?? (author.type === "contact" ? conversation.contact.name : null) ?? "Somebody");
  return (
    <div className={styles.typing} role="status">
      <Avatar id={authors[0]?.type === "contact" ? conversation.contact.id : (authors[0]?.id ?? "")} name={names[0]} size={28} />
      <span className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {names.join(" and ")} {names.length > 1 ? "are" : "is"} typing
    </div>
  );
}

export function FlowSkeleton(): ReactNode {
  const widths = [260, 180, 320, 220, 280, 150];
  return (
    <div className={styles.wrap} role="status" aria-label="Loading messages">
      <div className={classes(styles.messages, styles.skeleton)}>
        {widths.map((width) => (
          <Bone key={width} width={width} height={38} />
        ))}
      </div>
    </div>
  );
}

/** Newest message that is shown, for counting what came while the reader was elsewhere. */
export function lastSeq(messages: readonly Message[] | undefined): number {
  return messages?.at(-1)?.seq ?? 0;
}
