/* What the chat knows at one moment, and who wants to hear of changes: the view, and the page's own scripts. */

import type { Line } from "./live";
import type { Entry } from "./outbox";
import type { Inbox, Message } from "./protocol";
import { countUnread } from "./timeline";

export interface State {
  inbox: Inbox | null;
  messages: Message[];
  pending: Entry[];
  open: boolean;
  byHand: boolean;
  seen: number;
  unread: number;
  line: Line;
  typing: string | null;
  status: string;
  /** What was said in conversations before this one, as far as this page saw it. */
  past: Message[];
  /** Leads to the page before the first message; null when there is none. */
  older: string | null;
  loading: boolean;
  online: boolean;
  /** What the next message answers. */
  replyTo: Message | null;
  /** A file was refused before it was sent. */
  tooBig: boolean;
}

const START: State = {
  inbox: null,
  messages: [],
  pending: [],
  open: false,
  byHand: false,
  seen: 0,
  unread: 0,
  line: "idle",
  typing: null,
  status: "open",
  past: [],
  older: null,
  loading: false,
  online: true,
  replyTo: null,
  tooBig: false,
};

/** What a page's script can listen to. */
export interface Events { unread: number; open: undefined; close: undefined; message: Message; ready: undefined }

export class Observed {
  state: State = START;
  #listeners = new Set<() => void>();
  #handlers = new Map<string, Set<(value: never) => void>>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  on<K extends keyof Events>(event: K, handler: (value: Events[K]) => void): () => void {
    const all = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, all.add(handler));
    return () => all.delete(handler);
  }

  protected emit<K extends keyof Events>(event: K, value: Events[K]): void {
    for (const handler of this.#handlers.get(event) ?? []) (handler as (value: Events[K]) => void)(value);
  }

  protected set(changes: Partial<State>): void {
    const before = this.state.unread;
    const next = { ...this.state, ...changes };
    next.unread = countUnread(next.messages, next.seen);
    this.state = next;
    for (const listener of this.#listeners) listener();
    if (next.unread !== before) this.emit("unread", next.unread);
  }
}
