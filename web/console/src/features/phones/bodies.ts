/** Meta's message objects, read for showing: text, files, places, cards, and what can be pressed. Pure. */

import type { PhoneMessage } from "./play.ts";

export interface FileBody {
  id?: string;
  link?: string;
  caption?: string;
  filename?: string;
  voice?: boolean;
  mime_type?: string;
}

export interface PlaceBody {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

export interface CardBody {
  name?: { formatted_name?: string; first_name?: string };
  phones?: { phone?: string }[];
  emails?: { email?: string }[];
  org?: { company?: string };
}

interface InteractiveBody {
  type: string;
  header?: { text?: string };
  body?: { text?: string };
  footer?: { text?: string };
  action?: {
    button?: string;
    buttons?: { reply?: { id: string; title: string } }[];
    sections?: { title?: string; rows?: Row[] }[];
    parameters?: { display_text?: string; url?: string };
  };
  button_reply?: { title: string };
  list_reply?: { title: string; description?: string };
}

interface Row {
  id: string;
  title: string;
  description?: string;
}

interface TemplateBody {
  components?: { type: string; sub_type?: string; index?: string | number; parameters?: { payload?: string; text?: string }[] }[];
}

export interface Choice {
  label: string;
  action: { type: string } & Record<string, unknown>;
}

export const bodyOf = <T>(message: PhoneMessage): T => (message[message.type] ?? {}) as T;

export const FILE_TYPES = ["image", "audio", "voice", "video", "document", "sticker"];

export const isFile = (message: PhoneMessage): boolean => FILE_TYPES.includes(message.type);

/** The words of a message that is made of words. */
export function wordsOf(message: PhoneMessage): { head?: string; text: string; foot?: string } {
  if (message.type === "text") return { text: bodyOf<{ body?: string }>(message).body ?? message.text_shown };
  if (message.type === "button") return { text: bodyOf<{ text?: string }>(message).text ?? message.text_shown };
  if (message.type !== "interactive") return { text: message.text_shown };
  const body = bodyOf<InteractiveBody>(message);
  const reply = body.button_reply?.title ?? body.list_reply?.title;
  return { head: body.header?.text, text: reply ?? body.body?.text ?? message.text_shown, foot: body.footer?.text };
}

/** What the phone's owner can press under a message of the business. */
export function choicesOf(message: PhoneMessage): Choice[] {
  if (message.from !== "business") return [];
  if (message.type === "template") return templateChoices(bodyOf<TemplateBody>(message));
  if (message.type !== "interactive") return [];
  const { action } = bodyOf<InteractiveBody>(message);
  const buttons = (action?.buttons ?? []).flatMap(({ reply }) => (reply ? [{ label: reply.title, action: { type: "button_reply", ...reply } }] : []));
  const rows = (action?.sections ?? []).flatMap(({ rows }) => (rows ?? []).map((row) => ({ label: row.title, action: { type: "list_reply", ...row } })));
  return [...buttons, ...rows];
}

function templateChoices({ components }: TemplateBody): Choice[] {
  return (components ?? [])
    .filter((component) => component.type === "button" && component.sub_type === "quick_reply")
    .map((component) => {
      const parameter = component.parameters?.[0];
      const label = parameter?.text ?? parameter?.payload ?? "Reply";
      return { label, action: { type: "button", text: label, payload: parameter?.payload ?? label } };
    });
}

/** The link of a call to action. */
export function linkOf(message: PhoneMessage): { label: string; url: string } | null {
  if (message.type !== "interactive") return null;
  const parameters = bodyOf<InteractiveBody>(message).action?.parameters;
  return parameters?.url && /^https?:\/\//.test(parameters.url) ? { label: parameters.display_text ?? parameters.url, url: parameters.url } : null;
}

const WORDS: Record<string, string> = {
  image: "Photo",
  audio: "Voice message",
  voice: "Voice message",
  video: "Video",
  document: "Document",
  sticker: "Sticker",
  location: "Location",
  contacts: "Contact card",
};

/** One line, for a quote. */
export function briefly(message: PhoneMessage): string {
  const words = wordsOf(message).text;
  return words ? words : (WORDS[message.type] ?? message.type);
}
