/** Text of messages: safe links, one-line previews, names and their initials. */

import type { Content, Media } from "./types.ts";

export type Segment = { type: "text"; text: string } | { type: "link"; text: string; href: string };

const LINK = /\b(https?:\/\/[^\s<>"']+|www\.[^\s<>"']+\.[^\s<>"']+|[\w.+-]+@[\w-]+\.[\w.-]+[\w])/gi;

/** Split text into plain parts and links. Only http, https and mailto ever become links. */
export function segments(text: string): Segment[] {
  const parts: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const found = withoutTrailing(match[0]);
    const at = match.index;
    if (at > from) parts.push({ type: "text", text: text.slice(from, at) });
    const href = hrefOf(found);
    parts.push(href ? { type: "link", text: found, href } : { type: "text", text: found });
    from = at + found.length;
  }
  if (from < text.length) parts.push({ type: "text", text: text.slice(from) });
  return parts;
}

/** Leave out the full stop after a link, and a bracket that was opened before it. */
function withoutTrailing(text: string): string {
  let end = text.length;
  for (;;) {
    const last = text.charAt(end - 1);
    if (/[.,;:!?]/.test(last)) end -= 1;
    else if (last === ")" && !text.slice(0, end).includes("(")) end -= 1;
    else return text.slice(0, end);
  }
}

/** The address to open, or null when it is not one that is safe to open. */
export function hrefOf(text: string | null | undefined): string | null {
  if (!text) return null;
  const full = /^https?:\/\//i.test(text) ? text : /^www\./i.test(text) ? `https://${text}` : text.includes("@") ? `mailto:${text}` : text;
  try {
    const url = new URL(full);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Whether a text is one to three emoji and nothing else; such messages are shown large. */
export function isEmojiOnly(text: string): boolean {
  const trimmed = text.trim();
  if (!trimmed || trimmed.length > 24) return false;
  const graphemes = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(trimmed)].map((s) => s.segment);
  return graphemes.length <= 3 && graphemes.every((each) => /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(each));
}

const KIND_WORDS: Record<Content["kind"], string> = {
  text: "Text",
  image: "Photo",
  audio: "Audio",
  video: "Video",
  document: "Document",
  sticker: "Sticker",
  location: "Location",
  contacts: "Contact card",
  reaction: "Reaction",
  interactive: "Choice",
  button: "Button",
  order: "Order",
  template: "Template",
  email: "Email",
  call: "Call",
  poll: "Poll",
  activity: "Activity",
  unsupported: "Message of a kind not shown yet",
};

/** One line that says what a content is about. */
export function previewOf(content: Content): string {
  const word = KIND_WORDS[content.kind];
  switch (content.kind) {
    case "text":
      return oneLine(content.body);
    case "image":
    case "video":
      return content.caption ? oneLine(content.caption) : word;
    case "document":
      return oneLine(content.caption ?? content.media.filename ?? word);
    case "audio":
      return content.voice ? "Voice message" : word;
    case "location":
      return content.name ? `${word}: ${content.name}` : word;
    case "contacts":
      return content.cards.length === 1 ? `${word}: ${content.cards[0]?.name ?? ""}` : `${String(content.cards.length)} contact cards`;
    case "reaction":
      return content.emoji ? `Reacted ${content.emoji}` : "Took a reaction back";
    case "interactive":
      return oneLine(content.title ?? content.body ?? word);
    case "button":
      return oneLine(content.text);
    case "order":
      return oneLine(content.text ?? `${word} of ${String(content.items?.length ?? 0)} items`);
    case "template":
      return oneLine(content.body ?? `${word}: ${content.name}`);
    case "email":
      return oneLine(content.subject ?? content.text ?? word);
    case "poll":
      return `${word}: ${oneLine(content.question)}`;
    case "activity":
      return content.text ?? content.activity;
    default:
      return word;
  }
}

/** Word for a kind, for places that name it. */
export function kindWord(kind: Content["kind"]): string {
  return KIND_WORDS[kind];
}

/** Text without line breaks and double blanks. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Up to two letters for an avatar; the last two digits of a number. */
export function initials(name: string | null | undefined): string {
  const trimmed = name?.trim() ?? "";
  if (!trimmed) return "?";
  if (/^[+\d\s().-]+$/.test(trimmed)) return trimmed.replace(/\D/g, "").slice(-2);
  const words = trimmed.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0] ?? trimmed;
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return ((Array.from(first)[0] ?? "?") + (last ? (Array.from(last)[0] ?? "") : "")).toUpperCase();
}

/** A stable tint from 0 to 4 for an id. */
export function tintOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum % 5;
}

/** `2.4 MB`; sizes in steps of 1024, as file managers show them. */
export function fileSize(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "";
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? String(Math.round(value)) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** A phone number in groups, as people read it; anything else unchanged. */
export function phoneText(address: string | null | undefined): string {
  if (!address) return "";
  if (!/^\+?\d{7,15}$/.test(address)) return address;
  const digits = address.replace(/^\+/, "");
  const country = /^(1|7)/.test(digits) ? 1 : /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/.test(digits) ? 2 : 3;
  const rest = digits.slice(country);
  const head = rest.length % 3 === 1 ? 4 : rest.length % 3 || 3;
  const groups = [rest.slice(0, head)];
  for (let at = head; at < rest.length; at += 3) groups.push(rest.slice(at, at + 3));
  return `+${digits.slice(0, country)} ${groups.join(" ")}`;
}

/** An address, and by which kind of it somebody is reached. */
export interface Reach {
  scheme?: string | null;
  address?: string | null;
}

/** What to call a contact: by name, else by address. */
export function nameOf(contact: Reach & { name?: string | null }): string {
  return contact.name ?? (addressText(contact) || "Unknown contact");
}

const NUMBERS = new Set(["phone", "whatsapp"]);

/** Where answers go, as people read it: a number in groups, a short tag for a visitor nobody knows, else as it stands. */
export function addressText({ scheme, address }: Reach): string {
  if (!address) return "";
  if (/^[0-9a-f]{32}$/.test(address)) return `Visitor ${address.slice(0, 4)}`;
  return !scheme || NUMBERS.has(scheme) ? phoneText(address) : address;
}

const READABLE = new Set([...NUMBERS, "email"]);

/** Who gets an answer: a number or mail address as people read it, else by name; a provider's own id tells nobody anything. */
export function reachText(contact: Reach & { name?: string | null }): string {
  const readable = !contact.scheme || READABLE.has(contact.scheme);
  return (readable ? addressText(contact) || contact.name : contact.name ?? addressText(contact)) || "Unknown contact";
}

/** The file of a content that has one. */
export function mediaOf(content: Content): Media | null {
  return "media" in content ? content.media : null;
}

/** A value of unknown type as people read it. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
