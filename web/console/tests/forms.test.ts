import { describe, expect, it } from "vitest";
import { addressIn } from "~/features/contacts/addresses.ts";
import { attributesOf } from "~/features/contacts/EditContact.tsx";
import { readable } from "~/features/deliveries/Receipts.tsx";
import { checkInboxSearch, filterOf, viewOf } from "~/features/inbox/views.ts";
import { capsOf, nameOf } from "~/features/keys/keys.ts";
import { findCommands } from "~/features/palette/commands.ts";
import { configOf, fieldsOf, isKept, referenceOf, sentenceCase, valuesOf } from "~/features/settings/config-form.ts";
import { greetingOf, pairsOf } from "~/features/settings/Greetings.tsx";
import { optOutReason } from "~/features/settings/opt-out-words.ts";
import { sendingForm, sendingOf } from "~/features/settings/sending-form.ts";

describe("forms from a channel's schema", () => {
  const schema = {
    properties: {
      phone_number_id: { type: "string", title: "Phone Number Id" },
      token: { anyOf: [{ type: "string", format: "password" }, { type: "null" }], title: "Token" },
      quiet: { type: "boolean" },
      retries: { type: "integer" },
    },
    required: ["phone_number_id"],
  };
  const fields = fieldsOf(schema, ["token"]);

  it("know secrets, required fields and kinds", () => {
    expect(fields.map((field) => [field.label, field.kind, field.required])).toEqual([
      ["Phone number id", "text", true],
      ["Token", "secret", false],
      ["Quiet", "switch", false],
      ["Retries", "number", false],
    ]);
    expect(sentenceCase("WABA Id")).toBe("WABA id");
  });

  it("never show a secret and keep it when it is left empty", () => {
    const stored = { phone_number_id: "1", token: { set: true }, quiet: true, retries: 3 };
    const values = valuesOf(fields, stored);
    expect(values).toEqual({ phone_number_id: "1", token: "", quiet: true, retries: "3" });
    expect(configOf(fields, values, stored)).toEqual({ phone_number_id: "1", quiet: true, retries: 3 });
    expect(configOf(fields, { ...values, token: "new", retries: "" }, stored)).toEqual({ phone_number_id: "1", token: "new", quiet: true, retries: null });
  });

  it("tell a secret that is kept elsewhere by its reference, and keep it when it is left empty", () => {
    const config = { phone_number_id: "1", token: "secret://env/DESK_TOKEN" };
    const fields = fieldsOf(schema, ["token"]);
    expect(referenceOf(config.token)).toBe("secret://env/DESK_TOKEN");
    expect([isKept(config.token), isKept({ set: true }), isKept(undefined), isKept("typed")]).toEqual([true, true, false, false]);
    expect(valuesOf(fields, config).token).toBe("");
    expect(configOf(fields, valuesOf(fields, config), config)).not.toHaveProperty("token");
  });

  it("have lists with one entry a line", () => {
    const origins = fieldsOf({ properties: { origins: { type: "array", items: { type: "string" } } } }, []);
    expect(origins[0]?.kind).toBe("list");
    expect(valuesOf(origins, { origins: [] })).toEqual({ origins: "" });
    expect(valuesOf(origins, { origins: ["https://a.example", "https://b.example"] })).toEqual({ origins: "https://a.example\nhttps://b.example" });
    expect(configOf(origins, { origins: " https://a.example,\n\nhttps://b.example " }, {})).toEqual({ origins: ["https://a.example", "https://b.example"] });
    expect(configOf(origins, { origins: "" }, { origins: ["https://a.example"] })).toEqual({ origins: [] });
  });

  it("hold greetings by language", () => {
    expect(greetingOf([{ language: "", text: " Hi " }, { language: "de", text: "" }])).toEqual({ default: "Hi" });
    expect(greetingOf([])).toBeNull();
    expect(pairsOf({ de: "Hallo" })).toEqual([{ language: "de", text: "Hallo" }]);
  });

  it("send removed attributes as null and keep the type of untouched ones", () => {
    expect(attributesOf([{ name: "age", value: "3" }, { name: "bike", value: "Ridge" }], { age: 3, gone: "x" })).toEqual({ age: 3, bike: "Ridge", gone: null });
  });
});

describe("how an inbox sends", () => {
  const nothing = { undo_seconds: null, quiet_hours: null, opt_out_words: null, opt_in_words: null, limits: null, prices: null };

  it("is the channel's own where nothing is written", () => {
    const form = sendingForm({ sending: {} });
    expect([form.undo, form.begins, form.leave, form.limits.pair_per_day, form.currency, form.prices]).toEqual(["", "", null, "", "", []]);
    expect(sendingOf(form)).toEqual(nothing);
  });

  it("goes there and back unchanged, no words of its own being other than the channel's", () => {
    const sending = {
      undo_seconds: 0,
      quiet_hours: { begins: "21:00", ends: "08:00" },
      opt_out_words: ["STOP", "NO, THANKS"],
      opt_in_words: [],
      limits: { number_per_second: 2.5, number_per_day: null, pair_seconds: null, pair_burst: 3, pair_per_day: null },
      prices: { currency: "EUR", entries: [{ country: "ES", category: null, amount: "0.0615" }] },
    };
    expect(sendingOf(sendingForm({ sending }))).toEqual(sending);
  });

  it("sends what is no number as it was written, so that the desk refuses it at its field", () => {
    const form = sendingForm({ sending: {} });
    const typed = sendingOf({ ...form, undo: "soon", begins: "21:00", limits: { ...form.limits, number_per_second: "2,5" }, currency: "eur", prices: [{ country: "", category: " Marketing ", amount: "0,06" }] });
    expect(typed).toEqual({
      ...nothing,
      undo_seconds: "soon",
      quiet_hours: { begins: "21:00" },
      limits: { number_per_second: 2.5, number_per_day: null, pair_seconds: null, pair_burst: null, pair_per_day: null },
      prices: { currency: "EUR", entries: [{ country: null, category: "marketing", amount: "0.06" }] },
    });
  });
});

describe("opt-outs", () => {
  it("say how we know", () => {
    expect(optOutReason({ source: "keyword", note: "STOP" })).toBe("wrote “STOP”");
    expect(optOutReason({ source: "api", note: null })).toBe("noted without a reason");
    expect(optOutReason({ source: "link", note: null })).toBe("by the link in a message");
  });

  it("name a number as its channel writes it", () => {
    expect([addressIn("whatsapp", "+34 600-000 001"), addressIn("phone", "+34 (600) 000.001"), addressIn("slack", " U07 ")]).toEqual(["34600000001", "+34600000001", "U07"]);
  });
});

describe("views", () => {
  it("read only what an address may say", () => {
    expect(checkInboxSearch({ status: "pending", unread: "true", sort: "x", inbox: 3, evil: 1 })).toEqual({ status: "pending", unread: true });
    expect(viewOf("nonsense")).toBe("all");
    expect(viewOf("constructor")).toBe("all");
  });

  it("become filters of the API", () => {
    expect(filterOf("mine", {})).toEqual({ status: "open", assignee: "me" });
    expect(filterOf("snoozed", {})).toEqual({ status: "snoozed" });
    expect(filterOf("unread", { sort: "oldest" })).toEqual({ status: "open", unread: true, sort: "oldest" });
  });
});

describe("keys and commands", () => {
  const press = (key: string, more: object = {}) => nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

  it("are named alike on every keyboard", () => {
    expect([press("K", { shiftKey: true }), press("k", { metaKey: true }), press("?", { shiftKey: true }), press("Enter", { ctrlKey: true })]).toEqual(["shift+k", "mod+k", "?", "mod+Enter"]);
    expect(capsOf("g i")).toEqual([["G"], ["I"]]);
  });

  it("are found by the beginnings of words", () => {
    const commands = [
      { id: "1", group: "", label: "Snooze: tomorrow morning", run: () => undefined },
      { id: "2", group: "", label: "Contacts", run: () => undefined },
      { id: "3", group: "", label: "Nora", always: true, run: () => undefined },
    ];
    expect(findCommands(commands, "tom sno").map((each) => each.id)).toEqual(["1", "3"]);
    expect(findCommands(commands, "").map((each) => each.id)).toEqual(["1", "2"]);
  });
});

describe("receipts", () => {
  it("lay out JSON and leave the rest alone", () => {
    expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(readable("{broken")).toBe("{broken");
  });
});
