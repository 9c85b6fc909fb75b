/** Messages in order: merging by version, grouping by author, what a delivery's tick says. */

import type { DeliveryStatus, Message } from "./types.ts";

const GROUP_GAP = 5 * 60_000;

interface Versioned {
  id: string;
  seq: number;
  version?: number;
}

/** Put messages into a list ordered by seq. Of two with the same id the newer version stays, of equal ones the later. */
export function mergeMessages<M extends Versioned>(list: readonly M[], incoming: readonly M[]): M[] {
  if (incoming.length === 0) return list as M[];
  const byId = new Map(list.map((message) => [message.id, message]));
  let changed = false;
  for (const message of incoming) {
    const known = byId.get(message.id);
    if (known === message || (known && (known.version ?? 1) > (message.version ?? 1))) continue;
    byId.set(message.id, message);
    changed = true;
  }
  return changed ? [...byId.values()].sort((a, b) => a.seq - b.seq) : (list as M[]);
}

interface Grouped {
  direction: string;
  author: { type: string; id?: string | null; name?: string | null };
  created_at: string;
  content: { kind: string };
}

/** Whether `message` goes on where `before` ended: same author and direction, within five minutes. */
export function continues(before: Grouped | undefined, message: Grouped): boolean {
  if (before?.direction !== message.direction) return false;
  if (message.direction === "activity" || message.direction === "note") return false;
  if (before.author.type !== message.author.type || (before.author.id ?? null) !== (message.author.id ?? null)) return false;
  if (!message.author.id && (before.author.name ?? null) !== (message.author.name ?? null)) return false;
  return Date.parse(message.created_at) - Date.parse(before.created_at) < GROUP_GAP;
}

/** Reactions are shown on their target only, and what was taken back before it left is not shown. */
export function isShown(message: { content: { kind: string }; status?: DeliveryStatus | null }): boolean {
  return message.content.kind !== "reaction" && message.status !== "canceled";
}

export interface Tick {
  icon: "clock" | "check" | "checks" | "alert" | "unknown";
  label: string;
  tone: "quiet" | "accent" | "red" | "amber";
}

const TICKS: Record<DeliveryStatus, Tick> = {
  queued: { icon: "clock", label: "Waiting to be sent", tone: "quiet" },
  sending: { icon: "clock", label: "Sending", tone: "quiet" },
  sent: { icon: "check", label: "Sent", tone: "quiet" },
  delivered: { icon: "checks", label: "Delivered", tone: "quiet" },
  read: { icon: "checks", label: "Read", tone: "accent" },
  failed: { icon: "alert", label: "Not sent", tone: "red" },
  unknown: { icon: "unknown", label: "Not known whether it arrived", tone: "amber" },
  canceled: { icon: "clock", label: "Taken back", tone: "quiet" },
};

/** Icon, spoken name and tone of a delivery's status; null for what is never delivered. */
export function tickOf(status: DeliveryStatus | null | undefined): Tick | null {
  return status ? TICKS[status] : null;
}

/** Whether two contents say the same, to tell an optimistic bubble from its stored message. */
export function sameContent(a: Message["content"], b: Message["content"]): boolean {
  if (a.kind === "text" && b.kind === "template") return a.body === b.body; // it went as text: the window was open
  if (a.kind !== b.kind) return false;
  if (a.kind === "text" && b.kind === "text") return a.body === b.body;
  if ("media" in a && "media" in b) return a.media.attachment_id === b.media.attachment_id;
  if (a.kind === "template" && b.kind === "template") return a.name === b.name;
  return JSON.stringify(a) === JSON.stringify(b);
}
