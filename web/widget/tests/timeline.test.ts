import { expect, test } from "vitest";

import type { Entry } from "../src/outbox";
import type { Message } from "../src/protocol";
import { countUnread, merge, opensNext, stillPending, withSeen, withStatus } from "../src/timeline";

const message = (seq: number, changes: Partial<Message> = {}): Message => ({
  id: `m${seq}`,
  seq,
  direction: "outgoing",
  author: { type: "agent", name: "Ines" },
  content: { kind: "text", body: `text ${seq}` },
  created_at: "2026-03-01T10:00:00Z",
  ...changes,
});
const pending = (key: string, body: string, after = 0): Entry => ({
  key,
  content: { kind: "text", body },
  after,
  at: "2026-03-01T10:00:00Z",
});

test("a page and live frames that overlap become one list without gaps or doubles", () => {
  const list = merge([message(3), message(4)], [message(1), message(2), message(3), message(5)]);
  expect(list.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
});

test("a status never goes back, whichever order the reports come in", () => {
  const list = withStatus(merge([], [message(1, { status: "read" })]), "m1", "delivered");
  expect(list[0]!.status).toBe("read");
  expect(merge(list, [message(1, { status: "sent" })])[0]!.status).toBe("read");
  expect(withStatus(merge([], [message(1, { status: "sent" })]), "m1", "read")[0]!.status).toBe("read");
});

test("what the agents have read is read, in that conversation only, and later words are not", () => {
  const mine = (seq: number, conversation_id: string) =>
    message(seq, { direction: "incoming", status: "delivered", conversation_id });
  const list = [mine(1, "c1"), message(2, { status: "sent", conversation_id: "c1" }), mine(3, "c1"), mine(1, "c2")];
  expect(withSeen(list, "c1", 2).map(({ status }) => status)).toEqual(["read", "sent", "delivered", "delivered"]);
});

test("an older copy of a message changes nothing, whichever order the copies come in", () => {
  const edited = message(1, { version: 3, edited_at: "2026-03-01T10:05:00Z", content: { kind: "text", body: "new" } });
  expect(merge([edited], [message(1, { version: 2 })])).toEqual([edited]);
  expect(merge([message(1, { version: 2 })], [edited])).toEqual([edited]);
});

test("tells the first message of the next conversation from a change of an old one", () => {
  const known = [message(7), message(8)];
  const later = { created_at: "2026-03-02T09:00:00Z" };
  expect(opensNext(known, message(1, { id: "n1", ...later }))).toBe(true);
  expect(opensNext(known, message(9, { id: "m9", ...later }))).toBe(false);
  expect(opensNext(known, message(2, { id: "m2", created_at: "2026-03-01T09:00:00Z" }))).toBe(false);
  expect(opensNext(known, message(7, later))).toBe(false);
  expect(opensNext([], message(1))).toBe(false);
});

test("a reaction is no line of its own", () => {
  expect(
    merge([], [message(1), message(2, { content: { kind: "reaction" } })]).map(({ seq }) => seq),
  ).toEqual([1]);
});

test("counts what the desk wrote after the last look", () => {
  const list = [
    message(1),
    message(2, { direction: "incoming" }),
    message(3),
    message(4, { deleted_at: "x" }),
  ];
  expect(countUnread(list, 0)).toBe(2);
  expect(countUnread(list, 1)).toBe(1);
  expect(countUnread(list, 3)).toBe(0);
});

test("a message that came live before its answer hides exactly one waiting entry", () => {
  const mine = message(2, { direction: "incoming", content: { kind: "text", body: "hello" } });
  const waiting = [pending("a", "hello", 1), pending("b", "hello", 1)];
  expect(stillPending([message(1), mine], waiting).map(({ key }) => key)).toEqual(["b"]);
  expect(stillPending([message(1)], waiting).map(({ key }) => key)).toEqual(["a", "b"]);
});

test("an older message with the same words hides nothing", () => {
  const mine = message(2, { direction: "incoming", content: { kind: "text", body: "hello" } });
  expect(stillPending([mine], [pending("a", "hello", 2)])).toHaveLength(1);
});
