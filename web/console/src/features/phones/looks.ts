/** How a message looks on a phone, said by the simulator the same way for every provider. Pure. */

import type { Action, PhoneMessage } from "./play.ts";

export interface LookFile {
  kind: "image" | "audio" | "video" | "document" | "sticker";
  id: string | null;
  url: string | null;
  filename: string | null;
  mime: string | null;
}

export interface LookPlace {
  latitude: number;
  longitude: number;
  name: string | null;
  address: string | null;
}

export interface LookCard {
  name: string;
  line: string;
}

export interface Choice {
  label: string;
  action: Action;
}

export interface Look {
  text: string;
  head: string;
  foot: string;
  /** A file with the HTML of a mail. */
  html: string | null;
  files: LookFile[];
  place: LookPlace | null;
  cards: LookCard[];
  choices: Choice[];
  links: { label: string; url: string }[];
}

/** What the phone's owner can press under a message of the business. */
export const choicesOf = (message: PhoneMessage): Choice[] => (message.from === "business" && !message.deleted ? message.look.choices : []);

/** The links of a message that lead to the web. */
export const linksOf = (message: PhoneMessage): Look["links"] => message.look.links.filter(({ url }) => /^https?:\/\//.test(url));

/** Whether a message is words only, so that its words can be changed. */
export const isWords = ({ look }: PhoneMessage): boolean => Boolean(look.text) && look.files.length === 0 && !look.place;

const WORDS: Record<LookFile["kind"], string> = { image: "Photo", audio: "Voice message", video: "Video", document: "Document", sticker: "Sticker" };

/** One line, for a quote. */
export function briefly({ look, type }: PhoneMessage): string {
  const [file] = look.files;
  const [card] = look.cards;
  return look.text || look.head || (file ? (file.filename ?? WORDS[file.kind]) : (look.place?.name ?? (look.place ? "Location" : (card?.name ?? type))));
}
