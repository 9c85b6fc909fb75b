import type { Conversation } from "@frontdesk/shared";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { applyToList, applyToThread, forgetRecent, matches, mergeList, mergeThread, prependToThread, remember, rowsOf, setOwnId, type ListData, type ThreadData } from "~/app/cache.ts";
import { applyEvent, resync } from "~/app/events.ts";
import type { ListFilter } from "~/app/queries.ts";
import { conversation, message } from "./samples.ts";

const OPEN: ListFilter = { status: "open" };

function list(items: Conversation[], next: string | null = null): ListData {
  return { pages: [{ items, next_cursor: next }], pageParams: [null] };
}

const ids = (data: ListData): string[] => rowsOf(data).map((row) => row.id);
const seqs = (data: ThreadData | null): number[] => data?.items.map((each) => each.seq) ?? [];

beforeEach(() => {
  forgetRecent();
  setOwnId("u1");
});

describe("lists of conversations", () => {
  const a = conversation({ id: "a", last_message_at: "2026-11-20T10:00:00Z" });
  const b = conversation({ id: "b", last_message_at: "2026-11-20T09:00:00Z" });

  it("bring a conversation with a new message to the top", () => {
    const next = applyToList(OPEN, list([a, b]), { ...b, version: 2, last_message_at: "2026-11-20T11:00:00Z" });
    expect(ids(next)).toEqual(["b", "a"]);
  });

  it("drop what is older than what is shown", () => {
    const data = list([{ ...a, version: 5 }, b]);
    expect(applyToList(OPEN, data, { ...a, version: 4, status: "resolved" })).toBe(data);
  });

  it("lose what no longer fits and gain what does now", () => {
    expect(ids(applyToList(OPEN, list([a, b]), { ...a, version: 2, status: "resolved" }))).toEqual(["b"]);
    expect(ids(applyToList({ status: "open", assignee: "me" }, list([a]), { ...b, assignee: { id: "u1", name: "Ines" } }))).toEqual(["a", "b"]);
  });

  it("leave a row that belongs to a page not loaded yet", () => {
    const late = conversation({ id: "z", last_message_at: "2026-11-19T10:00:00Z" });
    expect(ids(applyToList(OPEN, list([a, b], "more"), late))).toEqual(["a", "b"]);
    expect(ids(applyToList(OPEN, list([a, b]), late))).toEqual(["a", "b", "z"]);
  });

  it("keep a live change when an answer asked for before it comes later", () => {
    remember({ ...a, version: 2, status: "resolved" });
    expect(ids(mergeList(OPEN, undefined, list([a, b])))).toEqual(["b"]);
  });

  it("match the filters of the API", () => {
    expect(matches({ status: "open", assignee: "none" }, a)).toBe(true);
    expect(matches({ status: "open", unread: true }, a)).toBe(false);
    expect(matches({ status: "all", contact_id: "p1" }, { ...a, status: "resolved" })).toBe(true);
    expect(matches({ status: "open", inbox_id: "other" }, a)).toBe(false);
  });

  it("leave out where all that was said was taken back, until something is said", () => {
    const empty = { ...a, version: 2, preview: { text: "", kind: "canceled", direction: null, author: null } };
    expect(ids(applyToList(OPEN, list([a, b]), empty))).toEqual(["b"]);
    expect(matches({ status: "all", contact_id: "p1" }, empty)).toBe(false);
    expect(ids(applyToList(OPEN, list([b]), { ...a, version: 3 }))).toEqual(["a", "b"]);
  });

  it("hold each row once when two pages overlap", () => {
    const data: ListData = { pages: [{ items: [a], next_cursor: "x" }, { items: [{ ...a, version: 2 }, b], next_cursor: null }], pageParams: [null, "x"] };
    expect(rowsOf(data).map((row) => [row.id, row.version])).toEqual([["a", 2], ["b", 1]]);
  });
});

describe("threads", () => {
  const thread: ThreadData = { items: [message(5), message(6)], previous: "older" };

  it("append the next message and renew a known one", () => {
    expect(seqs(applyToThread(thread, message(7)))).toEqual([5, 6, 7]);
    const read = applyToThread(thread, message(6, { version: 2, status: "read" }));
    expect(read?.items[1]?.status).toBe("read");
    expect(applyToThread({ ...thread, items: read?.items ?? [] }, message(6, { status: "sent" }))?.items[1]?.status).toBe("read");
  });

  it("ask for a fetch when a message would leave a hole", () => {
    expect(applyToThread(thread, message(9))).toBeNull();
  });

  it("leave changes of messages that are not loaded", () => {
    expect(applyToThread(thread, message(2))).toBe(thread);
  });

  it("keep older pages when the newest is fetched again, unless that leaves a hole", () => {
    expect(seqs(mergeThread(thread, { items: [message(6), message(7)], previous: "x" }))).toEqual([5, 6, 7]);
    expect(mergeThread(thread, { items: [message(6), message(7)], previous: "x" }).previous).toBe("older");
    expect(seqs(mergeThread(thread, { items: [message(20)], previous: "x" }))).toEqual([20]);
  });

  it("keep a live message that is newer than the answer", () => {
    const live = applyToThread(thread, message(7)) ?? thread;
    expect(seqs(mergeThread(live, { items: [message(5), message(6)], previous: "older" }))).toEqual([5, 6, 7]);
  });

  it("put older messages before", () => {
    const all = prependToThread(thread, { items: [message(3), message(4)], previous: null });
    expect([seqs(all), all.previous]).toEqual([[3, 4, 5, 6], null]);
  });
});

describe("events", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("write messages and conversations into the cache", () => {
    const client = new QueryClient();
    client.setQueryData(["conversations", OPEN], list([conversation()]));
    client.setQueryData(["messages", "c1"], { items: [message(1)], previous: null });
    applyEvent(client, {
      position: 2,
      type: "message.received",
      at: "2026-11-20T10:02:00Z",
      conversation_id: "c1",
      seq: 2,
      message: message(2),
      conversation: conversation({ version: 2, unread: 1, last_seq: 2 }),
    });
    expect(seqs(client.getQueryData<ThreadData>(["messages", "c1"]) ?? null)).toEqual([1, 2]);
    expect(rowsOf(client.getQueryData<ListData>(["conversations", OPEN]))[0]?.unread).toBe(1);
    expect(client.getQueryData<Conversation>(["conversation", "c1"])?.version).toBe(2);
  });

  it("drop every fetched row at a resync but the session", async () => {
    const client = new QueryClient();
    client.setQueryData(["messages", "c1"], { items: [message(1)], previous: null });
    client.setQueryData(["session"], { user: { id: "u1" } });
    await resync(client);
    expect(client.getQueryData(["messages", "c1"])).toBeUndefined();
    expect(client.getQueryData(["session"])).toBeDefined();
  });
});
