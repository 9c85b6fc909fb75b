/** What a message says: the closed union of content kinds, told apart by `kind`. */

import type { Id } from "./types.ts";

export interface Media {
  attachment_id?: Id | null;
  source_media_id?: string | null;
  url?: string | null;
  mime?: string | null;
  filename?: string | null;
  /** What a mail's HTML names it by. */
  content_id?: string | null;
  size?: number | null;
  state?: "pending" | "stored" | "failed" | null;
  /** What the virus scanner said; a file that is pending or infected has no address. */
  scan?: "unscanned" | "pending" | "clean" | "infected" | null;
  /** A small picture of the file. */
  preview?: { url: string; width: number; height: number } | null;
}

export interface Choice {
  id: string;
  title: string;
  description?: string | null;
}

export interface ContactCard {
  name: string;
  company?: string | null;
  title?: string | null;
  birthday?: string | null;
  phones?: { number: string; type?: string | null; wa_id?: string | null }[];
  emails?: { address: string; type?: string | null }[];
  urls?: { url: string; type?: string | null }[];
  addresses?: {
    street?: string | null;
    city?: string | null;
    state?: string | null;
    zip?: string | null;
    country?: string | null;
    type?: string | null;
  }[];
}

export interface TextContent {
  kind: "text";
  body: string;
  preview_url?: boolean;
}
export interface ImageContent {
  kind: "image";
  media: Media;
  caption?: string | null;
}
export interface AudioContent {
  kind: "audio";
  media: Media;
  voice?: boolean;
  caption?: string | null;
}
export interface VideoContent {
  kind: "video";
  media: Media;
  caption?: string | null;
}
export interface DocumentContent {
  kind: "document";
  media: Media;
  caption?: string | null;
}
export interface StickerContent {
  kind: "sticker";
  media: Media;
  animated?: boolean;
}
export interface LocationContent {
  kind: "location";
  latitude: number;
  longitude: number;
  name?: string | null;
  address?: string | null;
  url?: string | null;
  location_type?: "pin" | "place";
}
export interface ContactsContent {
  kind: "contacts";
  cards: ContactCard[];
}
export interface ReactionContent {
  kind: "reaction";
  emoji?: string | null;
  target_id?: Id | null;
  target_source_id?: string | null;
}
export interface InteractiveContent {
  kind: "interactive";
  type: "button_reply" | "list_reply" | "flow_reply" | "buttons" | "list" | "cta_url" | "flow" | "other";
  id?: string | null;
  title?: string | null;
  description?: string | null;
  form?: Record<string, unknown> | null;
  header?: string | null;
  body?: string | null;
  footer?: string | null;
  button?: string | null;
  url?: string | null;
  buttons?: Choice[];
  sections?: { title?: string | null; rows: Choice[] }[];
  parameters?: Record<string, unknown> | null;
}
export interface ButtonContent {
  kind: "button";
  text: string;
  payload?: string | null;
}
export interface OrderContent {
  kind: "order";
  catalog_id: string;
  text?: string | null;
  items?: { sku: string; quantity?: number; price?: number | null; currency?: string | null }[];
}
export interface TemplateContent {
  kind: "template";
  name: string;
  language: string;
  components?: Record<string, unknown>[];
  body?: string | null;
}
export interface EmailContent {
  kind: "email";
  subject?: string | null;
  text?: string | null;
  html?: string | null;
  /** What its writer wrote, without what it quotes; null where all is theirs. */
  own_text?: string | null;
  own_html?: string | null;
  to?: string[];
  cc?: string[];
  bcc?: string[];
  attachments?: Media[];
}
export interface CallContent {
  kind: "call";
  call_id: string;
  event: string;
  duration_seconds?: number | null;
}
export interface PollContent {
  kind: "poll";
  question: string;
  options?: string[];
}
export interface ActivityContent {
  kind: "activity";
  activity: string;
  subject_name?: string | null;
  text?: string | null;
}
export interface UnsupportedContent {
  kind: "unsupported";
  source_kind?: string | null;
  reason?: string | null;
  raw?: unknown;
}

export type Content =
  | TextContent
  | ImageContent
  | AudioContent
  | VideoContent
  | DocumentContent
  | StickerContent
  | LocationContent
  | ContactsContent
  | ReactionContent
  | InteractiveContent
  | ButtonContent
  | OrderContent
  | TemplateContent
  | EmailContent
  | CallContent
  | PollContent
  | ActivityContent
  | UnsupportedContent;

export type Kind = Content["kind"];
