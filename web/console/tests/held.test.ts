import { describe, expect, it } from "vitest";
import { heldOf, secondsLeft, takenBack, undoSeconds } from "~/features/composer/held.ts";
import { isShown } from "@frontdesk/shared";
import { message } from "./samples.ts";

const AT = Date.UTC(2026, 10, 20, 10, 0);
const own = { direction: "outgoing", author: { type: "agent", id: "u1", name: "Ana" }, status: "queued" } as const;
const until = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();
const sending = (undo_seconds: number | null) => ({ sending: { opt_out_words: null, opt_in_words: null, quiet_hours: null, undo_seconds } });

describe("what can be taken back", () => {
  it("goes by the inbox, else by its channel, and never where it is seen at once", () => {
    expect(undoSeconds(sending(null), { undo_seconds: 5 })).toBe(5);
    expect(undoSeconds(sending(0), { undo_seconds: 5 })).toBe(0);
    expect(undoSeconds(sending(10), { undo_seconds: 0 })).toBe(10);
    expect(undoSeconds(sending(10), { undo_seconds: null })).toBe(0);
    expect(undoSeconds(undefined, undefined)).toBe(0);
  });

  it("is one's own and still waits", () => {
    const held = message(1, { ...own, held_until: until(5) });
    const others = [message(2, { ...own, held_until: until(5), author: { type: "agent", id: "u2" } }), message(3, { ...own, held_until: null }), message(4, { ...own, held_until: until(5), status: "sending" })];
    expect(heldOf([held, ...others], "u1", AT).map((each) => each.id)).toEqual(["m1"]);
    expect(heldOf([held], "u1", AT + 5000)).toEqual([]);
    expect(secondsLeft([held, message(5, { ...own, held_until: until(9) })], AT + 100)).toBe(5);
    expect(secondsLeft([], AT)).toBe(0);
  });

  it("comes back as it was written", () => {
    const media = { attachment_id: "a1", mime: "image/png", filename: "lamp.png", size: 3 };
    const back = takenBack([
      message(1, { ...own, content: { kind: "text", body: "One" } }),
      message(2, { ...own, content: { kind: "email", subject: "Lamp", text: "Two", attachments: [media] } }),
    ]);
    expect([back.text, back.subject, back.files.map((file) => file.id)]).toEqual(["One\n\nTwo", "Lamp", ["a1"]]);
  });

  it("is not shown once it was", () => {
    expect(isShown(message(1, { ...own, status: "canceled" }))).toBe(false);
    expect(isShown(message(1, own))).toBe(true);
  });
});
