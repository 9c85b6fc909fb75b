import { describe, expect, it } from "vitest";
import { continues, mergeMessages, sameContent, tickOf } from "../src/index.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 9, minute)).toISOString();
const said = (minute: number, author = "a", direction = "incoming") => ({
  direction,
  author: { type: "contact", id: author },
  created_at: at(minute),
  content: { kind: "text" },
});

describe("mergeMessages", () => {
  it("keeps messages in order of seq, each once", () => {
    const merged = mergeMessages([{ id: "a", seq: 1, version: 1 }], [{ id: "c", seq: 3, version: 1 }, { id: "b", seq: 2, version: 1 }, { id: "a", seq: 1, version: 1 }]);
    expect(merged.map((each) => each.id)).toEqual(["a", "b", "c"]);
  });

  it("drops what is older than what is known", () => {
    const known = [{ id: "a", seq: 1, version: 3, text: "new" }];
    expect(mergeMessages(known, [{ id: "a", seq: 1, version: 2, text: "old" }])).toBe(known);
    expect(mergeMessages(known, [{ id: "a", seq: 1, version: 4, text: "newer" }])[0]?.text).toBe("newer");
  });
});

describe("continues", () => {
  it("groups one author within five minutes", () => {
    expect(continues(said(0), said(4))).toBe(true);
    expect(continues(said(0), said(5))).toBe(false);
    expect(continues(said(0), said(1, "b"))).toBe(false);
    expect(continues(said(0), said(1, "a", "outgoing"))).toBe(false);
    expect(continues(undefined, said(0))).toBe(false);
  });

  it("never groups notes", () => {
    expect(continues(said(0, "a", "note"), said(1, "a", "note"))).toBe(false);
  });
});

describe("tickOf", () => {
  it("tells the states apart by icon and word", () => {
    expect(tickOf("queued")?.icon).toBe("clock");
    expect(tickOf("sent")).toEqual({ icon: "check", label: "Sent", tone: "quiet" });
    expect(tickOf("delivered")).toEqual({ icon: "checks", label: "Delivered", tone: "quiet" });
    expect(tickOf("read")).toEqual({ icon: "checks", label: "Read", tone: "accent" });
    expect(tickOf("failed")?.tone).toBe("red");
    expect(tickOf("unknown")?.label).toBe("Not known whether it arrived");
    expect(tickOf(null)).toBeNull();
  });
});

describe("sameContent", () => {
  it("compares what is said, not how it is stored", () => {
    expect(sameContent({ kind: "text", body: "a" }, { kind: "text", body: "a", preview_url: false })).toBe(true);
    expect(sameContent({ kind: "text", body: "a" }, { kind: "text", body: "b" })).toBe(false);
    expect(sameContent({ kind: "image", media: { attachment_id: "1" } }, { kind: "image", media: { attachment_id: "1", url: "/v1/files/x" } })).toBe(true);
  });
});
