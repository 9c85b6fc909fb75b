import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveClient, type Connection } from "../src/index.ts";

interface Frame {
  type: string;
  cursor?: string | null;
}

class Line {
  static all: Line[] = [];
  readyState = 1;
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    Line.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  say(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function lastLine(): Line {
  const line = Line.all.at(-1);
  if (!line) throw new Error("no line was opened");
  return line;
}

function open() {
  const frames: string[] = [];
  const states: Connection[] = [];
  const client = new LiveClient<Frame>({
    url: "ws://desk.example/v1/live",
    start: (cursor) => ({ type: "start", cursor }),
    onFrame: (frame) => frames.push(frame.type),
    onConnection: (state) => states.push(state),
    socket: () => new Line() as unknown as WebSocket,
    random: () => 0,
  });
  client.start();
  const line = lastLine;
  line().onopen?.();
  return { client, frames, states, line };
}

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe("LiveClient", () => {
  it("starts from now, then resumes after the last frame it applied", () => {
    const { states, line } = open();
    expect(line().sent).toEqual([{ type: "start", cursor: null }]);
    line().say({ type: "hello", cursor: "c1" });
    line().say({ type: "event", cursor: "c2" });
    expect(states).toEqual(["online"]);
    line().onclose?.({ code: 1006 });
    expect(states.at(-1)).toBe("offline");
    vi.advanceTimersByTime(500);
    line().onopen?.();
    expect(Line.all).toHaveLength(2);
    expect(line().sent).toEqual([{ type: "start", cursor: "c2" }]);
  });

  it("waits longer after each failure, at most fifteen seconds", () => {
    open();
    for (let round = 0; round < 8; round += 1) {
      lastLine().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(7_500);
    }
    const before = Line.all.length;
    lastLine().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(7_499);
    expect(Line.all).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(Line.all).toHaveLength(before + 1);
  });

  it("does not come back when it is refused", () => {
    const { states, line } = open();
    line().onclose?.({ code: 4401 });
    vi.advanceTimersByTime(60_000);
    expect(states).toEqual(["refused"]);
    expect(Line.all).toHaveLength(1);
  });

  it("notices a dead line and opens another", () => {
    const { line } = open();
    line().say({ type: "hello", cursor: "c1" });
    vi.advanceTimersByTime(20_000);
    expect(line().sent.at(-1)).toEqual({ type: "ping" });
    vi.advanceTimersByTime(41_000);
    expect(Line.all.length).toBeGreaterThan(1);
  });

  it("sends nothing before hello and nothing after stop", () => {
    const { client, line } = open();
    expect(client.send({ type: "typing" })).toBe(false);
    line().say({ type: "hello", cursor: "c1" });
    expect(client.send({ type: "typing" })).toBe(true);
    client.stop();
    expect(client.send({ type: "typing" })).toBe(false);
  });
});
