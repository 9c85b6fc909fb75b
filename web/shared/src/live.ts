/** One WebSocket to the desk: resumes by cursor, reconnects with back-off, notices a dead line.
 *
 * Knows nothing of what frames mean beyond `cursor`, so that console and widget share it.
 */

export type Connection = "connecting" | "online" | "offline" | "refused";

interface Frame {
  type: string;
  cursor?: string | null;
}

export interface LiveOptions<F extends Frame> {
  url: string;
  /** First frame of every connection; `cursor` is where the last one ended, null from now. */
  start: (cursor: string | null) => object;
  onFrame: (frame: F) => void;
  onConnection?: (state: Connection) => void;
  /** Cursor of an earlier page, if any. */
  cursor?: string | null;
  /** For tests. */
  socket?: (url: string) => WebSocket;
  random?: () => number;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const PING_EVERY = 20_000;
const SILENCE = 45_000;
const FINAL_CODES = new Set([4400, 4401, 4403]);

export class LiveClient<F extends Frame> {
  private readonly options: LiveOptions<F>;
  private socket: WebSocket | null = null;
  private cursor: string | null;
  private attempts = 0;
  private heardAt = 0;
  private stopped = true;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setInterval> | undefined;
  private state: Connection = "connecting";
  private readonly wake = (): void => {
    if (!this.stopped && !this.socket) this.connectNow();
  };

  constructor(options: LiveOptions<F>) {
    this.options = options;
    this.cursor = options.cursor ?? null;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    globalThis.addEventListener("online", this.wake);
    this.connectNow();
  }

  stop(): void {
    this.stopped = true;
    globalThis.removeEventListener("online", this.wake);
    clearTimeout(this.retry);
    this.drop();
  }

  /** Send a frame if the line is up; ephemeral frames are not kept for later. */
  send(frame: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN || this.state !== "online") return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Where the next connection goes on. */
  get position(): string | null {
    return this.cursor;
  }

  private connectNow(): void {
    clearTimeout(this.retry);
    this.drop();
    this.become("connecting");
    const socket = this.options.socket ? this.options.socket(this.options.url) : new WebSocket(this.options.url);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onopen = () => {
      socket.send(JSON.stringify(this.options.start(this.cursor)));
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.hear(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.closed(event.code);
    };
    this.pulse = setInterval(() => {
      this.beat();
    }, PING_EVERY);
  }

  private hear(data: string): void {
    this.heardAt = Date.now();
    const frame = JSON.parse(data) as F;
    if (frame.type === "hello") {
      this.attempts = 0;
      this.become("online");
    }
    this.options.onFrame(frame);
    // After the frame is applied, so that a crash in between repeats it rather than losing it.
    if (typeof frame.cursor === "string") this.cursor = frame.cursor;
  }

  private beat(): void {
    if (Date.now() - this.heardAt > SILENCE) this.closed(4408);
    else this.send({ type: "ping" });
  }

  private closed(code: number): void {
    this.drop();
    if (this.stopped) return;
    if (FINAL_CODES.has(code)) {
      this.become("refused");
      if (code !== 4400) return;
      this.cursor = null;
    } else {
      this.become("offline");
    }
    this.retry = setTimeout(() => {
      this.connectNow();
    }, this.delay());
  }

  private delay(): number {
    const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.attempts);
    this.attempts += 1;
    return ceiling / 2 + (this.options.random ?? Math.random)() * (ceiling / 2);
  }

  private drop(): void {
    clearInterval(this.pulse);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private become(state: Connection): void {
    if (this.state === state) return;
    // While retrying, the person sees "offline" until a connection stands again.
    if (state === "connecting" && this.state === "offline") return;
    this.state = state;
    this.options.onConnection?.(state);
  }
}
