/* The live line: keeps one of the transports up, goes on from the last cursor, backs off, steps down to a simpler
   transport when the better one does not come through. */

import { backoff } from "./backoff";
import type { Client } from "./client";
import type { Frame } from "./protocol";
import { socket, type Link, type Transport } from "./socket";

export type Line = "idle" | "connecting" | "live" | "broken";

interface Options {
  client: Client;
  onFrame: (frame: Frame) => void;
  /** The line is up. `isResumed`: every frame since the last one comes; otherwise pages must be read. */
  onUp: (isResumed: boolean) => void;
  onLine: (line: Line) => void;
  /** The token was refused; the line stays down until `start` is called again. */
  onRefused: () => void;
  /** From the best to the simplest; a later one is loaded when it is needed. */
  transports?: (() => Transport | Promise<Transport>)[];
  random?: () => number;
}

const REFUSED = new Set([4401, 4403]);
const TRIES_PER_TRANSPORT = 2;
const LADDER = [
  () => socket,
  () => import("./fallbacks").then(({ stream }) => stream),
  () => import("./fallbacks").then(({ poll }) => poll),
];

export class Live {
  #link: Link | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cursor: string | null = null;
  #failures = 0;
  #rung = 0;
  #running = false;
  #greeted = false;
  /** Counts connections, so that a late word of an old one is not heard. */
  #turn = 0;

  #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#connect();
  }

  /** Ends the line; `forget` also drops the cursor, for another visitor. */
  stop(forget = false): void {
    this.#running = false;
    this.#turn++;
    clearTimeout(this.#timer);
    this.#link?.close();
    this.#link = null;
    if (forget) this.#cursor = null;
    this.#options.onLine("idle");
  }

  /** Tries at once instead of after the pause: the network or the visitor is back. */
  hurry(): void {
    if (!this.#running || this.#link) return;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const transports = this.#options.transports ?? LADDER;
    const rung = (this.#rung + Math.floor(this.#failures / TRIES_PER_TRANSPORT)) % transports.length;
    const turn = ++this.#turn;
    this.#greeted = false;
    if (!this.#failures) this.#options.onLine("connecting");
    try {
      const found = transports[rung]!();
      const transport = found instanceof Promise ? await found : found;
      if (turn !== this.#turn) return;
      this.#link = transport(this.#options.client, {
        cursor: this.#cursor,
        onFrame: (frame) => turn === this.#turn && this.#hear(frame, rung),
        onClose: (code) => turn === this.#turn && this.#closed(code),
      });
    } catch {
      this.#closed(0);
    }
  }

  #hear(frame: Frame, rung: number): void {
    const isResumed = this.#cursor !== null;
    if (frame.type === "hello") {
      this.#greeted = true;
      this.#failures = 0;
      this.#rung = rung;
    }
    this.#options.onFrame(frame);
    if ("cursor" in frame && frame.cursor && (frame.type !== "hello" || !this.#cursor))
      this.#cursor = frame.cursor;
    if (frame.type !== "hello") return;
    this.#options.onLine("live");
    this.#options.onUp(isResumed);
  }

  #closed(code: number): void {
    this.#link = null;
    if (!this.#running) return;
    if (REFUSED.has(code)) {
      this.stop();
      this.#options.onRefused();
      return;
    }
    if (this.#greeted && code === 0) this.#rung = 0;
    this.#options.onLine(this.#greeted ? "connecting" : "broken");
    const pause = backoff(this.#failures++, this.#options.random);
    this.#timer = setTimeout(() => void this.#connect(), pause);
  }
}
