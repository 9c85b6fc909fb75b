import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { backoff } from "../src/backoff";
import type { Client } from "../src/client";
import { Live, type Line } from "../src/live";
import type { Frame } from "../src/protocol";
import type { LinkOptions, Transport } from "../src/socket";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function line(names: string[] = ["socket"]) {
  const opened: { name: string; options: LinkOptions; closed: boolean }[] = [];
  const transport =
    (name: string): Transport =>
    (_client, options) => {
      const one = { name, options, closed: false };
      opened.push(one);
      return { close: () => void (one.closed = true) };
    };
  const frames: Frame[] = [];
  const lines: Line[] = [];
  const ups: boolean[] = [];
  const refused = vi.fn();
  const live = new Live({
    client: {} as unknown as Client,
    onFrame: (frame) => void frames.push(frame),
    onUp: (isResumed) => void ups.push(isResumed),
    onLine: (state) => void lines.push(state),
    onRefused: refused,
    transports: names.map((name) => () => transport(name)),
    random: () => 1,
  });
  return { live, opened, frames, lines, ups, refused, last: () => opened.at(-1)!.options };
}

test("the pause doubles up to half a minute and is never shorter than half of that", () => {
  expect([0, 1, 2, 3, 10, 50].map((n) => backoff(n, () => 1))).toEqual([500, 1000, 2000, 4000, 30000, 30000]);
  expect(backoff(3, () => 0)).toBe(2000);
});

test("goes on from the last cursor after the line broke", async () => {
  const { live, opened, last } = line();
  live.start();
  expect(last().cursor).toBeNull();
  last().onFrame({ type: "hello", cursor: "10" });
  last().onFrame({ type: "typing", state: "on" });
  last().onFrame({ type: "conversation", cursor: "12", status: "open" });
  last().onClose(1012);
  await vi.advanceTimersByTimeAsync(500);
  expect(opened).toHaveLength(2);
  expect(last().cursor).toBe("12");
});

test("says whether pages must be read: only the first time, and when the desk gave no cursor", async () => {
  const { live, ups, last } = line();
  live.start();
  last().onClose(1006);
  await vi.advanceTimersByTimeAsync(500);
  last().onFrame({ type: "hello" });
  last().onClose(1006);
  await vi.advanceTimersByTimeAsync(500);
  last().onFrame({ type: "hello", cursor: "7" });
  last().onClose(1006);
  await vi.advanceTimersByTimeAsync(500);
  last().onFrame({ type: "hello", cursor: "7" });
  expect(ups).toEqual([false, false, true]);
});

test("the hello of a resumed line does not move the cursor past what is still to come", async () => {
  const { live, last } = line();
  live.start();
  last().onFrame({ type: "hello", cursor: "10" });
  last().onClose(1006);
  await vi.advanceTimersByTimeAsync(500);
  last().onFrame({ type: "hello", cursor: "99" });
  last().onClose(1006);
  await vi.advanceTimersByTimeAsync(500);
  expect(last().cursor).toBe("10");
});

test("waits longer after each failure and starts over after a success", async () => {
  const { live, opened, last } = line();
  live.start();
  for (const pause of [500, 1000, 2000]) {
    const before = opened.length;
    last().onClose(1006);
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(opened).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(opened).toHaveLength(before + 1);
  }
  last().onFrame({ type: "hello", cursor: "1" });
  last().onClose(1006);
  await vi.advanceTimersByTimeAsync(500);
  expect(opened).toHaveLength(5);
});

test("steps down to the next transport after two failures, and stays where it got through", async () => {
  const { live, opened, last } = line(["socket", "stream", "poll"]);
  live.start();
  for (let n = 0; n < 2; n++) {
    last().onClose(1006);
    await vi.advanceTimersByTimeAsync(30_000);
  }
  expect(opened.map(({ name }) => name)).toEqual(["socket", "socket", "stream"]);
  last().onFrame({ type: "hello", cursor: "1" });
  last().onClose(1006);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(opened.at(-1)!.name).toBe("stream");
});

test("a refused token ends the line until it is started again", async () => {
  const { live, opened, refused, last } = line();
  live.start();
  last().onClose(4401);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(refused).toHaveBeenCalledTimes(1);
  expect(opened).toHaveLength(1);
  live.start();
  expect(opened).toHaveLength(2);
});

test("the network coming back cuts the pause short", async () => {
  const { live, opened, last } = line();
  live.start();
  last().onClose(1006);
  live.hurry();
  expect(opened).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened).toHaveLength(2);
});

test("a stopped line hears and does nothing more", async () => {
  const { live, opened, frames, last } = line();
  live.start();
  const late = last();
  live.stop(true);
  late.onFrame({ type: "hello", cursor: "5" });
  late.onClose(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened).toHaveLength(1);
  expect(opened[0]!.closed).toBe(true);
  expect(frames).toEqual([]);
});
