import { Problem, type Capabilities, type CannedResponse } from "@frontdesk/shared";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fill, findCanned, plainText, slashOf, variablesOf } from "~/features/composer/canned.ts";
import { EMPTY_DRAFT, loadDraft, saveDraft } from "~/features/composer/drafts.ts";
import { colonOf, findEmoji } from "~/features/composer/emoji.ts";
import { contentsOf, kindOfFile, refusalOf } from "~/features/composer/files.ts";
import { Outbox, unconfirmed, type Entry } from "~/features/composer/outbox.ts";
import { templateOf } from "~/features/composer/TemplateForm.tsx";
import { message } from "./samples.ts";

beforeEach(() => {
  localStorage.clear();
});

describe("emoji by a colon", () => {
  it("are looked for behind a colon that begins a word, from two letters on", () => {
    expect(colonOf("It is ready :smi")).toBe("smi");
    expect(colonOf(":thumbs")).toBe("thumbs");
    expect(colonOf("at 10:30")).toBeNull();
    expect(colonOf("see: so")).toBeNull();
    expect(colonOf("a :s")).toBeNull();
    expect(colonOf(":smile and")).toBeNull();
    expect(findEmoji("thumbs")[0]?.char).toBe("👍");
  });
});

describe("drafts", () => {
  it("are kept for each conversation and gone when empty", () => {
    saveDraft("c1", { ...EMPTY_DRAFT, reply: "half a th" });
    saveDraft("c2", { ...EMPTY_DRAFT, mode: "note", note: "for Tom" });
    expect(loadDraft("c1").reply).toBe("half a th");
    expect(loadDraft("c2")).toMatchObject({ mode: "note", note: "for Tom" });
    saveDraft("c1", EMPTY_DRAFT);
    expect(localStorage.getItem("frontdesk.draft.c1")).toBeNull();
  });

  it("survive storage that holds garbage", () => {
    localStorage.setItem("frontdesk.draft.c1", "{");
    expect(loadDraft("c1")).toEqual(EMPTY_DRAFT);
  });
});

describe("outbox", () => {
  const text = (body: string) => ({ content: { kind: "text" as const, body } });

  it("sends in order, one at a time, and tries again with the same key", async () => {
    vi.useFakeTimers();
    const sent: string[] = [];
    let down = true;
    const outbox = new Outbox((entry) => {
      sent.push(`${entry.key}:${entry.create.content.kind === "text" ? entry.create.content.body : ""}`);
      return down ? Promise.reject(new Problem(0, {})) : Promise.resolve();
    });
    outbox.add("c1", text("one"), 0);
    outbox.add("c1", text("two"), 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(1);
    expect(outbox.of("c1").map((entry) => entry.state)).toEqual(["waiting", "sending"]);
    down = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.map((each) => each.split(":")[1])).toEqual(["one", "one", "two"]);
    expect(sent[0]).toBe(sent[1]);
    expect(outbox.of("c1")).toEqual([]);
    vi.useRealTimers();
  });

  it("keeps what was refused, with the reason, and lets the next one go", async () => {
    const outbox = new Outbox((entry) =>
      entry.create.content.kind === "text" && entry.create.content.body === "bad" ? Promise.reject(new Problem(422, { detail: "too long" })) : Promise.resolve(),
    );
    outbox.add("c1", text("bad"), 0);
    outbox.add("c1", text("good"), 0);
    await vi.waitFor(() => expect(outbox.of("c1").map((entry) => [entry.state, entry.reason])).toEqual([["failed", "Too long."]]));
  });

  it("goes on after a reload", async () => {
    const never = new Outbox(() => new Promise(() => undefined));
    never.resume("u1");
    never.add("c1", text("one"), 0);
    const keys: string[] = [];
    const again = new Outbox((entry) => {
      keys.push(entry.key);
      return Promise.resolve();
    });
    again.resume("somebody else");
    expect(again.of("c1")).toEqual([]);
    again.resume("u1");
    expect(again.of("c1")[0]?.key).toBe(never.of("c1")[0]?.key);
    await vi.waitFor(() => expect(again.of("c1")).toEqual([]));
    expect(keys).toHaveLength(1);
  });

  it("hides a bubble whose message has come by the live line", () => {
    const entry = (key: string, body: string): Entry => ({ key, by: "u1", conversation: "c1", create: text(body), afterSeq: 1, at: "", state: "sending", reason: null });
    const own = message(2, { direction: "outgoing", author: { type: "agent", id: "u1" }, content: { kind: "text", body: "hi" } });
    expect(unconfirmed([entry("a", "hi"), entry("b", "hi")], [message(1), own], "u1").map((each) => each.key)).toEqual(["b"]);
    expect(unconfirmed([entry("a", "hi")], [{ ...own, seq: 1 }], "u1")).toHaveLength(1);
  });
});

describe("files", () => {
  const whatsapp: Capabilities = {
    kinds_out: ["text", "image", "audio", "video", "document"],
    max_text: 4096,
    reaches: ["phone"],
    media_max_bytes: { image: 5_000_000, document: 100_000_000 },
    media_mimes: { image: ["image/jpeg", "image/png"] },
    reactions: true,
    replies: true,
    receipts: true,
    typing_out: true,
    templates: true,
    undo_seconds: 0,
    window_seconds: 86_400,
  };
  const file = (id: string, mime: string) =>
    ({ id, mime, size: 10, filename: id, url: "/x", state: "stored", scan: "unscanned", preview: null }) as const;

  it("become what the channel takes, else a document", () => {
    expect(kindOfFile("image/png", 10, whatsapp)).toBe("image");
    expect(kindOfFile("image/heic", 10, whatsapp)).toBe("document");
    expect(kindOfFile("image/png", 9_000_000, whatsapp)).toBe("document");
    expect(kindOfFile("application/pdf", 10, whatsapp)).toBe("document");
  });

  it("are refused with the limit in the sentence", () => {
    expect(refusalOf({ type: "application/pdf", size: 120_000_000 }, whatsapp)).toBe("114 MB, the limit is 95 MB");
    expect(refusalOf({ type: "image/png", size: 0 }, whatsapp)).toBe("The file is empty");
    expect(refusalOf({ type: "application/pdf", size: 10 }, { ...whatsapp, kinds_out: ["text", "image"] })).toBe("This channel takes no documents");
    expect(refusalOf({ type: "image/png", size: 10 }, whatsapp)).toBeNull();
  });

  it("carry the text as caption, where one can", () => {
    expect(contentsOf("Look", [file("a", "image/png"), file("b", "image/png")], whatsapp)).toMatchObject([
      { kind: "image", caption: "Look" },
      { kind: "image", caption: null },
    ]);
    expect(contentsOf("Listen", [file("a", "audio/ogg")], whatsapp).map((each) => each.kind)).toEqual(["text", "audio"]);
    expect(contentsOf("Hi", [], whatsapp)).toEqual([{ kind: "text", body: "Hi" }]);
  });
});

describe("canned responses", () => {
  const response = (shortcut: string, body: string): CannedResponse => ({ id: shortcut, shortcut, title: shortcut, messages: [{ kind: "text", body }], created_at: "", changed_at: "" });

  it("are found by what stands behind the slash", () => {
    const all = [response("late_hours", "x"), response("hours", "y"), response("bye", "z")];
    expect(findCanned(all, "hou").map((each) => each.shortcut)).toEqual(["hours", "late_hours"]);
    expect([slashOf("/hou"), slashOf("/"), slashOf("a /hou"), slashOf("/a b")]).toEqual(["hou", "", null, null]);
  });

  it("fill in variables and never send one unfilled as plain text", () => {
    expect(variablesOf([{ kind: "text", body: "Hi {{name}}, {{ bike }} and {{name}}" }])).toEqual(["name", "bike"]);
    expect(fill("Hi {{name}}, {{bike}}", { name: "Nora" })).toBe("Hi Nora, {{bike}}");
    expect(plainText(response("a", "Hi {{name}}"))).toBeNull();
    expect(plainText(response("a", "Hi"))).toBe("Hi");
  });
});

describe("templates", () => {
  it("carry their variables as parameters of the body", () => {
    expect(templateOf(" ready ", "en", ["Nora"], "Hi {{1}}")).toEqual({
      kind: "template",
      name: "ready",
      language: "en",
      components: [{ type: "body", parameters: [{ type: "text", text: "Nora" }] }],
      body: "Hi Nora",
    });
    expect(templateOf("ready", "en", [], "").components).toEqual([]);
  });
});
