import { describe, expect, it } from "vitest";
import { explain, fileSize, hrefOf, initials, isEmojiOnly, nameOf, phoneText, previewOf, Problem, reachText, segments } from "../src/index.ts";

describe("who gets an answer", () => {
  it("is a number or a mail address, else the name: ids of providers tell nobody anything", () => {
    expect(reachText({ scheme: "phone", address: "+34600000001", name: "Nora" })).toBe("+34 600 000 001");
    expect(reachText({ scheme: "email", address: "nora@rill.example", name: "Nora" })).toBe("nora@rill.example");
    expect(reachText({ scheme: "slack", address: "T0/C0/1795.29", name: "Tessa" })).toBe("Tessa");
    expect(reachText({ scheme: "telegram", address: "70001001", name: null })).toBe("70001001");
    expect(reachText({ scheme: "web", address: "ab".repeat(16), name: null })).toBe("Visitor abab");
    expect(reachText({ scheme: null, address: null, name: null })).toBe("Unknown contact");
  });
});

describe("segments", () => {
  it("finds links and leaves the full stop and the bracket out", () => {
    expect(segments("See https://a.example/x. And (www.b.example)!")).toEqual([
      { type: "text", text: "See " },
      { type: "link", text: "https://a.example/x", href: "https://a.example/x" },
      { type: "text", text: ". And (" },
      { type: "link", text: "www.b.example", href: "https://www.b.example/" },
      { type: "text", text: ")!" },
    ]);
  });

  it("gives the text back byte for byte", () => {
    const text = "a https://x.example/?q=(1)&b=2, b@c.example\n\tc";
    expect(segments(text).map((part) => part.text).join("")).toBe(text);
  });

  it("never links a script", () => {
    expect(hrefOf("javascript:alert(1)")).toBeNull();
    expect(hrefOf("javascript:alert(1)//x@y.example")).toBe("mailto:javascript:alert(1)//x@y.example");
    expect(hrefOf("data:text/html,x")).toBeNull();
    expect(segments("javascript:alert(1)")).toEqual([{ type: "text", text: "javascript:alert(1)" }]);
  });
});

describe("names and numbers", () => {
  it("draws initials", () => {
    expect([initials("Nora Castell"), initials("Tom"), initials("+44 7700 900318"), initials(null), initials("Ána María de la O")]).toEqual(["NC", "T", "18", "?", "ÁO"]);
  });

  it("groups phone numbers and leaves other addresses alone", () => {
    expect(phoneText("447700900142")).toBe("+44 7700 900 142");
    expect(phoneText("34600000001")).toBe("+34 600 000 001");
    expect(phoneText("nora@castell.example")).toBe("nora@castell.example");
    expect(phoneText(null)).toBe("");
  });

  it("writes sizes", () => {
    expect([fileSize(512), fileSize(2048), fileSize(5_242_880), fileSize(null)]).toEqual(["512 B", "2.0 KB", "5.0 MB", ""]);
  });
});

describe("previews", () => {
  it("says every kind in a line", () => {
    expect(previewOf({ kind: "text", body: "a\n b" })).toBe("a b");
    expect(previewOf({ kind: "audio", voice: true, media: {} })).toBe("Voice message");
    expect(previewOf({ kind: "contacts", cards: [{ name: "Ana" }] })).toBe("Contact card: Ana");
    expect(previewOf({ kind: "unsupported" })).toBe("Message of a kind not shown yet");
  });

  it("knows emoji that stand alone", () => {
    expect([isEmojiOnly("🎉"), isEmojiOnly("👍🏽👍🏽"), isEmojiOnly("ok 👍"), isEmojiOnly("12"), isEmojiOnly("")]).toEqual([true, true, false, false, false]);
  });
});

describe("problems", () => {
  it("names field and cure", () => {
    const problem = new Problem(422, { title: "Invalid", errors: [{ field: "body.email", message: "is not an address", hint: "Write name@host" }] });
    expect(problem.of("email")).toBe("Is not an address. Write name@host.");
    expect(explain(problem)).toBe("Is not an address. Write name@host.");
  });

  it("tells apart what may heal", () => {
    expect([0, 429, 503, 422, 404].map((status) => new Problem(status, {}).transient)).toEqual([true, true, true, false, false]);
  });
});

describe("nameOf", () => {
  it("calls a visitor nobody knows by a short tag, and everybody else as they are", () => {
    expect(nameOf({ name: null, address: "8def9d956a868d49856532eb3f92dd95" })).toBe("Visitor 8def");
    expect(nameOf({ name: "Priya", address: "8def9d956a868d49856532eb3f92dd95" })).toBe("Priya");
    expect(nameOf({ name: null, address: "ana@rill.example" })).toBe("ana@rill.example");
    expect(nameOf({ name: null, address: null })).toBe("Unknown contact");
    expect(nameOf({ name: null, scheme: "phone", address: "+34600000001" })).toBe("+34 600 000 001");
    expect(nameOf({ name: null, scheme: "telegram", address: "70001001" })).toBe("70001001");
  });
});
