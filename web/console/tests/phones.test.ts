import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { briefly, choicesOf, linkOf, wordsOf } from "~/features/phones/bodies.ts";
import { applyFrame, phonesQuery, type Phone, type PhoneMessage } from "~/features/phones/play.ts";

const message = (changes: Partial<PhoneMessage>): PhoneMessage => ({
  id: "m1",
  from: "business",
  type: "text",
  text: { body: "Hello" },
  text_shown: "Hello",
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
  wa_id: "447700900142",
  name: "Nora",
  is_online: true,
  reads_at_once: null,
  hides_number: false,
  is_blocked: false,
  is_business_typing: true,
  window_closes_at: null,
  business: null,
  messages: [message({})],
};

const buttons = message({
  type: "interactive",
  interactive: {
    type: "button",
    header: { text: "Size" },
    body: { text: "Which one?" },
    footer: { text: "Press one" },
    action: { buttons: [{ type: "reply", reply: { id: "m", title: "M" } }] },
  },
});

test("offers the buttons of the business, as the answer they give", () => {
  expect(choicesOf(buttons)).toEqual([{ label: "M", action: { type: "button_reply", id: "m", title: "M" } }]);
  expect(choicesOf({ ...buttons, from: "customer" })).toEqual([]);
  expect(wordsOf(buttons)).toEqual({ head: "Size", text: "Which one?", foot: "Press one" });
});

test("offers the rows of a list and the quick replies of a template", () => {
  const list = message({ type: "interactive", interactive: { type: "list", action: { sections: [{ rows: [{ id: "a", title: "A", description: "first" }] }] } } });
  expect(choicesOf(list)).toEqual([{ label: "A", action: { type: "list_reply", id: "a", title: "A", description: "first" } }]);
  const template = message({ type: "template", template: { components: [{ type: "button", sub_type: "quick_reply", index: 0, parameters: [{ type: "payload", payload: "yes" }] }] } });
  expect(choicesOf(template)).toEqual([{ label: "yes", action: { type: "button", text: "yes", payload: "yes" } }]);
});

test("opens only web addresses", () => {
  const cta = (url: string): PhoneMessage => message({ type: "interactive", interactive: { type: "cta_url", action: { parameters: { display_text: "Go", url } } } });
  expect(linkOf(cta("https://rill.example"))).toEqual({ label: "Go", url: "https://rill.example" });
  expect(linkOf(cta("javascript:alert(1)"))).toBeNull();
});

test("names what has no words", () => {
  expect(briefly(message({ type: "location", location: {}, text_shown: "" }))).toBe("Location");
});

test("live frames add, change and remove, and an answer ends the typing", () => {
  const client = new QueryClient();
  const phones = (): Phone[] => client.getQueryData<Phone[]>(phonesQuery.queryKey) ?? [];
  client.setQueryData(phonesQuery.queryKey, [phone]);

  applyFrame(client, { type: "message", wa_id: phone.wa_id, message: message({ status: "read" }) });
  applyFrame(client, { type: "message", wa_id: phone.wa_id, message: message({ id: "m2" }) });
  expect(phones()[0]?.messages.map(({ id, status }) => [id, status])).toEqual([
    ["m1", "read"],
    ["m2", "delivered"],
  ]);
  expect(phones()[0]?.is_business_typing).toBe(false);

  const { messages, ...bare } = { ...phone, wa_id: "1", name: "Teo" };
  expect(messages).toHaveLength(1);
  applyFrame(client, { type: "phone", phone: bare });
  applyFrame(client, { type: "phone", phone: { ...bare, is_blocked: true } });
  expect(phones().map(({ name, is_blocked, messages }) => [name, is_blocked, messages.length])).toEqual([
    ["Nora", false, 2],
    ["Teo", true, 0],
  ]);
  applyFrame(client, { type: "phone_gone", wa_id: "1" });
  expect(phones().map(({ name }) => name)).toEqual(["Nora"]);
});
