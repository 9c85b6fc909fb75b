import { afterEach, expect, test, vi } from "vitest";

import { Unknown, type Client } from "../src/client";
import { poll, stream } from "../src/fallbacks";
import type { Frame, Message } from "../src/protocol";

const client = (changes: Partial<Client>): Client =>
  ({ token: "fv_1", at: (path: string) => `https://desk.example/${path}`, ...changes }) as unknown as Client;

function heard() {
  const frames: Frame[] = [];
  const closed: number[] = [];
  return {
    frames,
    closed,
    options: { onFrame: (frame: Frame) => void frames.push(frame), onClose: (code: number) => void closed.push(code) },
  };
}

const body = (...parts: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("reads events however the network cuts them, and passes comments over", async () => {
  const fetched = vi.fn(async () => new Response(body(': ping\n\nid: 1\nevent: hel', 'lo\ndata: {"type":"hello",', '"cursor":"1"}\n\ndata: {"type":"pong"}\n', "\n")));
  vi.stubGlobal("fetch", fetched);
  const { frames, closed, options } = heard();
  stream(client({}), { cursor: "a/b", ...options });
  await vi.waitFor(() => expect(closed).toEqual([0]));
  expect(frames).toEqual([{ type: "hello", cursor: "1" }, { type: "pong" }]);
  expect(fetched).toHaveBeenCalledWith("https://desk.example/v1/widget/live?cursor=a%2Fb", expect.objectContaining({ credentials: "omit" }));
});

test("says so when the stream refuses the token", async () => {
  vi.stubGlobal("fetch", async () => new Response("", { status: 401 }));
  const { closed, options } = heard();
  stream(client({}), { cursor: null, ...options });
  await vi.waitFor(() => expect(closed).toEqual([4401]));
});

test("a closed stream says nothing more", async () => {
  vi.stubGlobal("fetch", async () => new Response(body('data: {"type":"hello"}\n\n')));
  const { closed, options } = heard();
  stream(client({}), { cursor: null, ...options }).close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(closed).toEqual([]);
});

test("asks for the newest page again and again, and tries something better after two minutes", async () => {
  vi.useFakeTimers();
  const message = { id: "m1", seq: 1 } as Message;
  const page = vi.fn(async () => ({ items: [message] }));
  const { frames, closed, options } = heard();
  poll(client({ page }), { cursor: null, ...options });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(page).toHaveBeenCalledTimes(3);
  expect(frames[0]).toEqual({ type: "hello" });
  expect(frames.slice(1)).toEqual([1, 2, 3].map(() => ({ type: "message", message })));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(closed).toEqual([0]);
});

test("tells a refused token from a network that is away", async () => {
  const { closed, options } = heard();
  poll(client({ page: () => Promise.reject(new Unknown()) }), { cursor: null, ...options });
  poll(client({ page: () => Promise.reject(new TypeError()) }), { cursor: null, ...options });
  await vi.waitFor(() => expect(closed).toEqual([4401, 0]));
});
