/** What was sent but is not confirmed: shown at once, tried again safely with the same key, in order.
 *
 * Kept on this device, so that a reload or a lost line neither loses nor doubles a message.
 */

import { explain, newKey, Problem, sameContent, type Message, type MessageCreate } from "@frontdesk/shared";
import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "~/app/storage.ts";

export interface Entry {
  key: string;
  /** Who sends it: on a shared device nobody sends in another's name. */
  by: string;
  conversation: string;
  create: MessageCreate;
  /** Highest seq when it was sent; its message has a higher one. */
  afterSeq: number;
  at: string;
  state: "sending" | "waiting" | "failed";
  reason: string | null;
}

export type Send = (entry: Entry) => Promise<void>;

const STORED = "frontdesk.outbox";
const LONGEST_WAIT = 20_000;
const NONE: readonly Entry[] = [];

export class Outbox {
  private entries: readonly Entry[];
  private owner = "";
  private byConversation = new Map<string, readonly Entry[]>();
  private readonly busy = new Set<string>();
  private readonly tries = new Map<string, number>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly listeners = new Set<() => void>();
  private readonly send: Send;

  constructor(send: Send) {
    this.send = send;
    this.entries = readStored<Entry[]>(STORED) ?? [];
    this.index();
  }

  of(conversation: string): readonly Entry[] {
    return this.byConversation.get(conversation) ?? NONE;
  }

  add(conversation: string, create: MessageCreate, afterSeq: number): void {
    const entry: Entry = { key: newKey(), by: this.owner, conversation, create, afterSeq, at: new Date().toISOString(), state: "sending", reason: null };
    this.put([...this.entries, entry]);
    void this.work(conversation);
  }

  retry(key: string): void {
    this.change(key, { state: "sending", reason: null });
    const entry = this.entries.find((each) => each.key === key);
    if (entry) void this.work(entry.conversation);
  }

  discard(key: string): void {
    this.put(this.entries.filter((each) => each.key !== key));
  }

  /** Go on with everything of this person that waits; called at sign-in and when the line is back. */
  resume(owner: string = this.owner): void {
    this.owner = owner;
    this.index();
    for (const conversation of this.byConversation.keys()) void this.work(conversation);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private async work(conversation: string): Promise<void> {
    if (this.busy.has(conversation)) return;
    this.busy.add(conversation);
    try {
      for (;;) {
        const entry = this.of(conversation).find((each) => each.state !== "failed");
        if (!entry || !(await this.attempt(entry))) return;
      }
    } finally {
      this.busy.delete(conversation);
    }
  }

  /** One try; whether the next entry may go. */
  private async attempt(entry: Entry): Promise<boolean> {
    if (entry.state !== "sending") this.change(entry.key, { state: "sending" });
    try {
      await this.send(entry);
      this.tries.delete(entry.key);
      this.discard(entry.key);
      return true;
    } catch (error) {
      const later = error instanceof Problem && (error.transient || error.status === 409 && error.code.includes("progress") || error.status === 401);
      if (!later) {
        this.change(entry.key, { state: "failed", reason: explain(error) });
        return true;
      }
      this.change(entry.key, { state: "waiting", reason: explain(error) });
      const tries = (this.tries.get(entry.key) ?? 0) + 1;
      this.tries.set(entry.key, tries);
      const timer = setTimeout(
        () => {
          this.timers.delete(timer);
          void this.work(entry.conversation);
        },
        Math.min(LONGEST_WAIT, 500 * 2 ** tries),
      );
      this.timers.add(timer);
      return false;
    }
  }

  private change(key: string, part: Partial<Entry>): void {
    this.put(this.entries.map((each) => (each.key === key ? { ...each, ...part } : each)));
  }

  private put(next: readonly Entry[]): void {
    this.entries = next;
    this.index();
    writeStored(STORED, next.length ? next : null);
    for (const listener of this.listeners) listener();
  }

  private index(): void {
    const next = new Map<string, Entry[]>();
    for (const entry of this.entries.filter((each) => each.by === this.owner)) next.set(entry.conversation, [...(next.get(entry.conversation) ?? []), entry]);
    this.byConversation = next;
  }
}

/** Entries whose message is not among the stored ones yet: the event may be faster than the answer. */
export function unconfirmed(entries: readonly Entry[], messages: readonly Message[], ownId: string): Entry[] {
  const claimed = new Set<string>();
  return entries.filter((entry) => {
    if (entry.state === "failed") return true;
    const match = messages.findLast(
      (message) =>
        message.seq > entry.afterSeq && message.author.id === ownId && !claimed.has(message.id) && sameContent(message.content, entry.create.content),
    );
    if (match) claimed.add(match.id);
    return !match;
  });
}

export function useOutbox(outbox: Outbox, conversation: string): readonly Entry[] {
  return useSyncExternalStore(outbox.subscribe, () => outbox.of(conversation));
}
