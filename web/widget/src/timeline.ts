/* The conversation as one list: merges pages and live frames, never lets a status go back. Pure; no I/O. */

import type { Content, Message, Status } from "./protocol";
import type { Entry } from "./outbox";

const RANK: Record<Status, number> = {
  unknown: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  failed: 3.5,
  delivered: 4,
  read: 5,
};

const higher = (a?: Status | null, b?: Status | null) => (!a ? b : !b ? a : RANK[b] >= RANK[a] ? b : a);

function join(old: Message, next: Message): Message {
  const newest = (old.version ?? 0) > (next.version ?? 0) ? old : next;
  return { ...newest, status: higher(old.status, next.status) };
}

/** Whether a message opens the next conversation: its count began again, and it is newer than all that is known. */
export function opensNext(known: Message[], message: Message): boolean {
  const last = known.at(-1);
  return (
    !!last &&
    message.seq <= last.seq &&
    message.created_at > last.created_at &&
    known.every(({ id }) => id !== message.id)
  );
}

/** Both lists as one, by `seq`; what is known twice is joined. Reactions are no lines of their own. */
export function merge(known: Message[], coming: Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of coming) {
    if (message.content.kind === "reaction") continue;
    const old = byId.get(message.id);
    byId.set(message.id, old ? join(old, message) : message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

export function withStatus(known: Message[], id: string, status: Status): Message[] {
  return known.map((message) =>
    message.id === id ? { ...message, status: higher(message.status, status) } : message,
  );
}

/** The agents have read what the visitor wrote in a conversation, up to `seq`. */
export function withSeen(known: Message[], conversation: string, seq: number): Message[] {
  return known.map((message) =>
    message.direction === "incoming" && message.seq <= seq && message.conversation_id === conversation
      ? { ...message, status: "read" }
      : message,
  );
}

export const lastSeq = (messages: Message[]) => messages.at(-1)?.seq ?? 0;

export const countUnread = (messages: Message[], seen: number) =>
  messages.filter((message) => message.direction === "outgoing" && message.seq > seen && !message.deleted_at)
    .length;

function sameContent(one: Content, other: Content): boolean {
  if ("media" in one && "media" in other) {
    return !!one.media.attachment_id && one.media.attachment_id === other.media.attachment_id;
  }
  if (one.kind !== other.kind) return false;
  if (one.kind === "text" && other.kind === "text") return one.body === other.body;
  if (one.kind === "interactive" && other.kind === "interactive") return one.id === other.id;
  return false;
}

/** Entries still to show: one whose message already came over the live line, before its answer did, is hidden. */
export function stillPending(messages: Message[], entries: Entry[]): Entry[] {
  const claimed = new Set<string>();
  return entries.filter((entry) => {
    const twin = messages.find(
      (message) =>
        message.direction === "incoming" &&
        message.seq > entry.after &&
        !claimed.has(message.id) &&
        sameContent(message.content, entry.content),
    );
    if (twin) claimed.add(twin.id);
    return !twin;
  });
}
