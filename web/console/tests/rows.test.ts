import { describe, expect, it } from "vitest";
import { itemOf, itemOfEntry, rowsOf, showsMeta } from "~/features/thread/rows.ts";
import { snoozeChoices } from "~/features/thread/actions.ts";
import { message } from "./samples.ts";

const agent = { type: "agent" as const, id: "u1", name: "Ines" };
const shape = (rows: ReturnType<typeof rowsOf>): string[] => rows.map((row) => (row.type === "group" ? `${row.direction}:${String(row.items.length)}` : row.type));

describe("rows of a thread", () => {
  it("divides days and groups an author's messages", () => {
    const rows = rowsOf([message(1), message(2), message(3, { direction: "outgoing", author: agent }), message(4, { created_at: "2026-11-21T08:00:00Z" })], [], null);
    expect(shape(rows)).toEqual(["day", "incoming:2", "outgoing:1", "day", "incoming:1"]);
  });

  it("draws the line before the first unread message of the customer", () => {
    const messages = [message(1), message(2, { direction: "outgoing", author: agent }), message(3), message(4)];
    expect(shape(rowsOf(messages, [], 1))).toEqual(["day", "incoming:1", "outgoing:1", "new", "incoming:2"]);
    expect(shape(rowsOf(messages, [], null))).not.toContain("new");
  });

  it("shows reactions on their target only", () => {
    const rows = rowsOf([message(1), message(2, { content: { kind: "reaction", emoji: "👍", target_id: "m1" } })], [], null);
    expect(shape(rows)).toEqual(["day", "incoming:1"]);
  });

  it("sets notes and activities apart", () => {
    const rows = rowsOf([message(1), message(2, { direction: "note", author: agent }), message(3, { direction: "activity", content: { kind: "activity", activity: "conversation.assigned" } }), message(4)], [], null);
    expect(shape(rows)).toEqual(["day", "incoming:1", "note", "activity", "incoming:1"]);
  });

  it("puts what is on its way at the end", () => {
    const entry = { key: "k", by: "u1", conversation: "c1", create: { content: { kind: "text" as const, body: "x" } }, afterSeq: 1, at: message(2).created_at, state: "sending" as const, reason: null };
    const rows = rowsOf([message(1)], [itemOfEntry(entry, agent, 0)], null);
    expect(shape(rows)).toEqual(["day", "incoming:1", "outgoing:1"]);
  });

  it("shows the time at the end of a group and where the tick changes", () => {
    const sent = (seq: number, status: "read" | "sent") => itemOf(message(seq, { direction: "outgoing", author: agent, status }));
    const items = [sent(1, "read"), sent(2, "read"), sent(3, "sent")];
    expect(items.map((_, at) => showsMeta(items, at))).toEqual([false, true, true]);
  });
});

describe("snoozing", () => {
  it("offers times in the future only", () => {
    const now = new Date(2026, 10, 20, 18, 30);
    const choices = snoozeChoices(now);
    expect(choices.map((choice) => choice.label)).toEqual(["For one hour", "For three hours", "Tomorrow morning", "Next Monday"]);
    expect(choices.every((choice) => choice.until > now)).toBe(true);
    expect(choices.at(-1)?.until.getDay()).toBe(1);
  });
});
