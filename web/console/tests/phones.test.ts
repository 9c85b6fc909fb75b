import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { briefly, choicesOf, isWords, linksOf, type Look } from "~/features/phones/looks.ts";
import { applyFrame, phonesQuery, type Phone, type PhoneMessage } from "~/features/phones/play.ts";

const look = (changes: Partial<Look>): Look => ({ text: "", head: "", foot: "", html: null, files: [], place: null, cards: [], choices: [], links: [], ...changes });
const message = (changes: Partial<PhoneMessage>): PhoneMessage => ({
  id: "m1",
  from: "business",
  type: "text",
  look: look({ text: "Hello" }),
  at: "2026-03-01T10:00:00Z",
  status: "delivered",
  reply_to: null,
  error: null,
  edited: false,
  deleted: false,
  reactions: [],
  ...changes,
});
const phone: Phone = {
  simulator: "sms",
  id: "447700900142",
  name: "Nora",
  is_online: true,
  reads_at_once: null,
  is_blocked: false,
  is_business_typing: true,
  business: null,
  messages: [message({})],
};
const file = { kind: "image" as const, id: "f1", url: null, filename: null, mime: "image/png" };

test("what can be pressed is what the business offers, and nothing of what was taken back", () => {
  const choices = [{ label: "M", action: { type: "button_reply", id: "m", title: "M" } }];
  const offer = message({ look: look({ text: "Which one?", choices }) });
  expect(choicesOf(offer)).toEqual(choices);
  expect(choicesOf({ ...offer, from: "customer" })).toEqual([]);
  expect(choicesOf({ ...offer, deleted: true })).toEqual([]);
});

test("opens only web addresses", () => {
  const link = (url: string): PhoneMessage => message({ look: look({ links: [{ label: "Go", url }] }) });
  expect(linksOf(link("https://rill.example"))).toEqual([{ label: "Go", url: "https://rill.example" }]);
  expect(linksOf(link("javascript:alert(1)"))).toEqual([]);
});

test("names what has no words", () => {
  expect(briefly(message({ look: look({ place: { latitude: 1, longitude: 2, name: null, address: null } }) }))).toBe("Location");
  expect(briefly(message({ look: look({ files: [file] }) }))).toBe("Photo");
  expect(briefly(message({ look: look({ cards: [{ name: "Maya", line: "" }] }) }))).toBe("Maya");
  expect(briefly(message({ type: "sticker", look: look({}) }))).toBe("sticker");
});

test("only words can be changed", () => {
  expect(isWords(message({}))).toBe(true);
  expect(isWords(message({ look: look({ text: "see", files: [file] }) }))).toBe(false);
});

test("live frames add, change and remove, and an answer ends the typing", () => {
  const client = new QueryClient();
  const phones = (): Phone[] => client.getQueryData<Phone[]>(phonesQuery("sms").queryKey) ?? [];
  client.setQueryData(phonesQuery("sms").queryKey, [phone]);

  applyFrame(client, { type: "message", simulator: "sms", phone_id: phone.id, message: message({ status: "read" }) });
  applyFrame(client, { type: "message", simulator: "sms", phone_id: phone.id, message: message({ id: "m2" }) });
  expect(phones()[0]?.messages.map(({ id, status }) => [id, status])).toEqual([
    ["m1", "read"],
    ["m2", "delivered"],
  ]);
  expect(phones()[0]?.is_business_typing).toBe(false);

  const { messages, ...bare } = { ...phone, id: "1", name: "Teo" };
  expect(messages).toHaveLength(1);
  applyFrame(client, { type: "phone", simulator: "sms", phone: bare });
  applyFrame(client, { type: "phone", simulator: "sms", phone: { ...bare, is_blocked: true } });
  expect(phones().map(({ name, is_blocked, messages }) => [name, is_blocked, messages.length])).toEqual([
    ["Nora", false, 2],
    ["Teo", true, 0],
  ]);
  applyFrame(client, { type: "phone_gone", simulator: "sms", phone_id: "1" });
  applyFrame(client, { type: "phone_gone", simulator: "other", phone_id: phone.id });
  expect(phones().map(({ name }) => name)).toEqual(["Nora"]);
});
