/** How rows from answers and from live events come together: newer versions win, nothing goes back.
 *
 * Pure functions over cached data; the query client is not known here.
 */

import { mergeMessages, type Conversation, type Message, type Page } from "@frontdesk/shared";
import type { InfiniteData } from "@tanstack/react-query";
import type { ListFilter } from "./queries.ts";

export type ListData = InfiniteData<Page<Conversation>>;

export interface ThreadData {
  /** Ascending by seq, without holes. */
  items: Message[];
  /** Cursor to older messages. */
  previous: string | null;
}

interface Versioned {
  version: number;
}

/** Of two states of a row, the one with the higher version; the fresh one when they are equal. */
export function newerOf<T extends Versioned>(old: T | undefined, fresh: T): T {
  return old && old.version > fresh.version ? old : fresh;
}

/** Rows that live events brought; an answer that was asked for before them must not undo them. */
const recent = new Map<string, Conversation>();
const MOST_RECENT = 500;

export function remember(conversation: Conversation): void {
  const known = recent.get(conversation.id);
  if (known && known.version > conversation.version) return;
  recent.delete(conversation.id);
  recent.set(conversation.id, conversation);
  if (recent.size > MOST_RECENT) {
    const oldest = recent.keys().next().value;
    if (oldest !== undefined) recent.delete(oldest);
  }
}

export function forgetRecent(): void {
  recent.clear();
}

let ownId: string | null = null;

/** Who `assignee=me` is. */
export function setOwnId(id: string | null): void {
  ownId = id;
}

/** Whether a conversation belongs into a list. */
export function matches(filter: ListFilter, conversation: Conversation): boolean {
  if (conversation.preview.kind === "canceled") return false; // all that was said was taken back
  if (filter.status !== "all" && conversation.status !== filter.status) return false;
  if (filter.inbox_id && conversation.inbox.id !== filter.inbox_id) return false;
  if (filter.contact_id && conversation.contact.id !== filter.contact_id) return false;
  if (filter.thread_id && conversation.thread_id !== filter.thread_id) return false;
  if (filter.unread && conversation.unread === 0) return false;
  const assignee = conversation.assignee?.id ?? null;
  if (filter.assignee === "none") return assignee === null;
  if (filter.assignee === "me") return assignee === ownId;
  return !filter.assignee || assignee === filter.assignee;
}

/** What the desk sorts a list by: resolution, opening (ids are made in order of time), or the last message. */
function timeOf(filter: ListFilter, conversation: Conversation): number {
  if (filter.status === "all") return 0;
  if (filter.status === "resolved") return Date.parse(conversation.resolved_at ?? conversation.opened_at);
  return Date.parse(conversation.last_message_at);
}

function compare(filter: ListFilter, a: Conversation, b: Conversation): number {
  const order = timeOf(filter, b) - timeOf(filter, a) || (a.id < b.id ? 1 : -1);
  return filter.sort === "oldest" ? -order : order;
}

/** All rows of a list, each once. */
export function rowsOf(data: ListData | undefined): Conversation[] {
  const byId = new Map<string, Conversation>();
  for (const page of data?.pages ?? []) for (const row of page.items) byId.set(row.id, newerOf(byId.get(row.id), row));
  return [...byId.values()];
}

/** A list with one conversation put in, moved, renewed or taken out. */
export function applyToList(filter: ListFilter, data: ListData, conversation: Conversation): ListData {
  const rows = rowsOf(data);
  const known = rows.find((row) => row.id === conversation.id);
  if (known && known.version > conversation.version) return data;
  if (!known && !matches(filter, conversation)) return data;
  const others = rows.filter((row) => row.id !== conversation.id);
  const next = matches(filter, conversation) ? [...others, conversation].sort((a, b) => compare(filter, a, b)) : others;
  const more = data.pages.at(-1)?.next_cursor;
  // A row that sorts behind all loaded ones belongs to a page that is not loaded yet.
  if (!known && more && next.at(-1)?.id === conversation.id) return data;
  return withRows(data, next);
}

function withRows(data: ListData, rows: Conversation[]): ListData {
  return { ...data, pages: data.pages.map((page, at) => ({ ...page, items: at === 0 ? rows : [] })) };
}

/** A fresh answer, with what live events have said since it was asked for. */
export function mergeList(filter: ListFilter, old: ListData | undefined, fresh: ListData): ListData {
  if (old === fresh) return fresh;
  let merged = fresh;
  for (const conversation of recent.values()) merged = applyToList(filter, merged, conversation);
  return merged;
}

/** Newest page of a thread laid over what is known. Older pages stay unless that would leave a hole. */
export function mergeThread(old: ThreadData | undefined, fresh: ThreadData): ThreadData {
  if (!old || old === fresh || old.items.length === 0 || fresh.items.length === 0) return fresh;
  const first = fresh.items[0];
  const last = old.items.at(-1);
  if (!first || !last) return fresh;
  const adjoins = first.seq <= last.seq + 1;
  if (!adjoins) return fresh;
  const startsEarlier = (old.items[0]?.seq ?? Infinity) < first.seq;
  return { items: mergeMessages(old.items, fresh.items), previous: startsEarlier ? old.previous : fresh.previous };
}

/** Older messages put before the known ones. */
export function prependToThread(data: ThreadData, older: ThreadData): ThreadData {
  return { items: mergeMessages(older.items, data.items), previous: older.previous };
}

/** One message from an event or an answer. `null` when it leaves a hole: then the thread must be fetched. */
export function applyToThread(data: ThreadData, message: Message): ThreadData | null {
  const last = data.items.at(-1)?.seq ?? 0;
  const first = data.items[0]?.seq ?? 0;
  if (message.seq > last + 1) return null;
  if (message.seq < first && data.previous) return data;
  const items = mergeMessages(data.items, [message]);
  return items === data.items ? data : { ...data, items };
}
