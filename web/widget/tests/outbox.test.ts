import { beforeEach, expect, test, vi } from "vitest";

import type { Memory } from "../src/memory";
import { Outbox, Refused, type Carrier, type Entry } from "../src/outbox";
import type { Message } from "../src/protocol";

const held = new Map<string, string>();
const memory: Memory = {
  get: (name) => JSON.parse(held.get(name) ?? "null") as never,
  set: (name, value) => void held.set(name, JSON.stringify(value)),
  watch: () => undefined,
};
const kept = new Map<string, File>();
const files = {
  put: async (key: string, file: File) => void kept.set(key, file),
  get: async (key: string) => kept.get(key) ?? null,
  remove: async (key: string) => void kept.delete(key),
};

const entry = (key: string, body = key): Entry => ({
  key,
  content: { kind: "text", body },
  after: 0,
  at: "2026-03-01T10:00:00Z",
});
const answer = (entry: Entry): Message => ({
  id: `id-${entry.key}`,
  seq: 1,
  direction: "incoming",
  author: { type: "contact" },
  content: entry.content,
  created_at: entry.at,
});

beforeEach(() => {
  held.clear();
  kept.clear();
});

function outbox(carrier: Partial<Carrier>) {
  const sent: string[] = [];
  const waits: number[] = [];
  const box = new Outbox({
    memory,
    files,
    carrier: {
      post: async (entry) => answer(entry),
      upload: async () => ({ attachment_id: "a1" }),
      ...carrier,
    },
    onChange: () => undefined,
    onSent: (message) => void sent.push(message.id),
    wait: async (milliseconds) => void waits.push(milliseconds),
    alone: (work) => work(),
  });
  return { box, sent, waits };
}

test("sends in the order of writing and forgets what was taken", async () => {
  const { box, sent } = outbox({});
  await Promise.all([box.add(entry("one")), box.add(entry("two")), box.add(entry("three"))]);
  expect(sent).toEqual(["id-one", "id-two", "id-three"]);
  expect(box.entries).toEqual([]);
});

test("tries again under the same key, with growing pauses, until the desk answers", async () => {
  const keys: string[] = [];
  const { box, sent, waits } = outbox({
    post: async (entry) => {
      keys.push(entry.key);
      if (keys.length < 4) throw new TypeError("network");
      return answer(entry);
    },
  });
  await box.add(entry("one"));
  expect(keys).toEqual(["one", "one", "one", "one"]);
  expect(sent).toEqual(["id-one"]);
  expect(waits).toHaveLength(3);
  expect(waits[0]).toBeLessThanOrEqual(500);
  expect(waits[2]).toBeGreaterThanOrEqual(1000);
});

test("keeps what waits across a reload and sends it once", async () => {
  const first = outbox({ post: () => new Promise(() => undefined) });
  void first.box.add(entry("one"));
  await vi.waitFor(() => expect(held.get("outbox")).toContain("one"));

  const posted: string[] = [];
  const second = outbox({
    post: async (entry) => {
      posted.push(entry.key);
      return answer(entry);
    },
  });
  expect(second.box.entries.map(({ key }) => key)).toEqual(["one"]);
  await second.box.flush();
  await second.box.flush();
  expect(posted).toEqual(["one"]);
  expect(second.box.entries).toEqual([]);
});

test("a refused message stays with its reason and does not hold up the next one", async () => {
  let refuse = true;
  const { box, sent } = outbox({
    post: async (entry) => {
      if (entry.key === "bad" && refuse) throw new Refused("Too long");
      return answer(entry);
    },
  });
  await box.add(entry("bad"));
  await box.add(entry("good"));
  expect(sent).toEqual(["id-good"]);
  expect(box.entries).toMatchObject([{ key: "bad", error: "Too long" }]);

  refuse = false;
  await box.retry("bad");
  expect(sent).toEqual(["id-good", "id-bad"]);
  expect(box.entries).toEqual([]);
});

test("a file is uploaded once, even when the message after it needs several tries", async () => {
  let posts = 0;
  const upload = vi.fn(async () => ({ attachment_id: "a1", mime: "image/png" }));
  const post = vi.fn(async (entry: Entry) => {
    if (++posts < 3) throw new TypeError("network");
    return answer(entry);
  });
  const { box } = outbox({ upload, post });
  await box.add(
    { ...entry("pic"), content: { kind: "image", media: { filename: "x.png" } } },
    new File(["x"], "x.png"),
  );
  expect(upload).toHaveBeenCalledTimes(1);
  expect(post.mock.lastCall![0].content).toEqual({
    kind: "image",
    media: { attachment_id: "a1", mime: "image/png" },
  });
  expect(kept.size).toBe(0);
});

test("a file that is gone is refused instead of tried for ever", async () => {
  held.set(
    "outbox",
    JSON.stringify([{ ...entry("pic"), content: { kind: "image", media: {} }, upload: true }]),
  );
  const { box } = outbox({});
  await box.flush();
  expect(box.entries).toMatchObject([{ key: "pic", error: "" }]);
});
