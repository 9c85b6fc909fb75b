/** A thread as rows: day dividers, the "new" line, groups of bubbles, notes and activities. */

import { continues, isShown, startOfDay, type Author, type DeliveryStatus, type Direction, type Message } from "@frontdesk/shared";
import type { Entry } from "~/features/composer/outbox.ts";

/** A message, or one that is still on its way to the desk. */
export interface Item {
  id: string;
  seq: number;
  direction: Direction;
  author: Author;
  content: Message["content"];
  created_at: string;
  status: DeliveryStatus | null;
  message: Message | null;
  entry: Entry | null;
}

export type Row =
  | { type: "day"; key: string; at: string }
  | { type: "new"; key: string }
  | { type: "activity"; key: string; message: Message }
  | { type: "note"; key: string; item: Item }
  | { type: "group"; key: string; direction: "incoming" | "outgoing"; author: Author; named: boolean; items: Item[] };

export function itemOf(message: Message): Item {
  const { id, seq, direction, author, content, created_at, status } = message;
  return { id, seq, direction, author, content, created_at, status, message, entry: null };
}

export function itemOfEntry(entry: Entry, own: Author, at: number): Item {
  return {
    id: entry.key,
    seq: Number.MAX_SAFE_INTEGER - 1000 + at,
    direction: entry.create.direction ?? "outgoing",
    author: own,
    content: entry.create.content,
    created_at: entry.at,
    status: entry.state === "failed" ? "failed" : "queued",
    message: null,
    entry,
  };
}

function dayOf(iso: string): number {
  return startOfDay(Date.parse(iso));
}

/** Rows of a thread. `readSeq` is how far it was read when it was opened; the line goes after that. */
export function rowsOf(messages: readonly Message[], waiting: readonly Item[], readSeq: number | null): Row[] {
  const rows: Row[] = [];
  let before: Item | undefined;
  let day = 0;
  let lined = readSeq === null;
  let named: string | null = null;
  for (const item of [...messages.filter(isShown).map(itemOf), ...waiting]) {
    const itemDay = dayOf(item.created_at);
    if (itemDay !== day) {
      rows.push({ type: "day", key: `day-${String(itemDay)}`, at: item.created_at });
      day = itemDay;
      before = undefined;
      named = null;
    }
    if (!lined && readSeq !== null && item.seq > readSeq && item.direction === "incoming") {
      rows.push({ type: "new", key: "new" });
      lined = true;
      before = undefined;
      named = null;
    }
    const last = rows.at(-1);
    if (item.direction === "activity") {
      if (item.message) rows.push({ type: "activity", key: item.id, message: item.message });
    } else if (item.direction === "note") {
      rows.push({ type: "note", key: item.id, item });
    } else if (last?.type === "group" && continues(before, item)) {
      last.items.push(item);
    } else {
      const name = `${item.direction}/${item.author.type}/${item.author.id ?? item.author.name ?? ""}`;
      rows.push({ type: "group", key: item.id, direction: item.direction, author: item.author, named: name !== named, items: [item] });
      named = name;
    }
    before = item;
  }
  return rows;
}

/** Whether the time and tick are shown below this bubble: at the end of a group and where the tick changes. */
export function showsMeta(items: readonly Item[], at: number): boolean {
  const item = items[at];
  const next = items[at + 1];
  if (!item || !next) return true;
  return item.direction === "outgoing" && item.status !== next.status;
}
