/* What the desk and the widget say to each other: messages as a visitor sees them, and the frames of the live line. */

export type Status = "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "unknown";

export interface Media {
  attachment_id?: string | null;
  url?: string | null;
  mime?: string | null;
  filename?: string | null;
  size?: number | null;
  state?: "pending" | "stored" | "failed" | null;
  preview?: { url: string; width: number; height: number } | null;
}

export interface Choice {
  id: string;
  title: string;
  description?: string | null;
}

export interface Card {
  name: string;
  company?: string | null;
  title?: string | null;
  phones?: { number: string }[];
  emails?: { address: string }[];
  urls?: { url: string }[];
}

export interface MediaContent {
  kind: "image" | "audio" | "video" | "document" | "sticker";
  media: Media;
  caption?: string | null;
}

export interface Interactive {
  kind: "interactive";
  type: string;
  id?: string | null;
  title?: string | null;
  header?: string | null;
  body?: string | null;
  footer?: string | null;
  button?: string | null;
  url?: string | null;
  buttons?: Choice[];
  sections?: { title?: string | null; rows: Choice[] }[];
}

export type Content =
  | { kind: "text"; body: string }
  | MediaContent
  | Interactive
  | {
      kind: "location";
      latitude: number;
      longitude: number;
      name?: string | null;
      address?: string | null;
      url?: string | null;
    }
  | { kind: "contacts"; cards: Card[] }
  | { kind: "button"; text: string }
  | { kind: "template"; body?: string | null }
  | { kind: "reaction" | "unsupported" | "order" | "email" | "call" | "poll" | "activity" };

export interface Message {
  id: string;
  conversation_id?: string;
  seq: number;
  /** `incoming` is what the visitor wrote, `outgoing` what the desk answered. */
  direction: "incoming" | "outgoing";
  author: { type: string; name?: string | null };
  content: Content;
  status?: Status | null;
  reply_to?: {
    id: string;
    seq?: number;
    kind?: string;
    preview?: string | null;
    author_name?: string | null;
  } | null;
  reactions?: { emoji: string; author?: { type: string; name?: string | null } }[] | null;
  /** Goes up with every change; what is older is dropped. */
  version?: number;
  created_at: string;
  edited_at?: string | null;
  deleted_at?: string | null;
}

export interface Page {
  items: Message[];
  /** Leads to what is older; null when there is nothing. */
  previous?: string | null;
}

export interface Inbox {
  name: string;
  greeting?: string | Record<string, string> | null;
  accent?: string | null;
  agents_online?: number | boolean | null;
}

export interface Visit {
  token: string;
  visitor: { id: string; name?: string | null; verified: boolean };
  conversation_id: string | null;
}

export type Frame =
  | { type: "hello"; cursor?: string | null }
  | { type: "message"; cursor?: string | null; message: Message }
  | { type: "status"; cursor?: string | null; message_id: string; status: Status }
  | { type: "seen"; cursor?: string | null; conversation_id: string; seq: number }
  | { type: "typing"; author?: { type?: string; name?: string | null }; state: "on" | "off" }
  | { type: "conversation"; cursor?: string | null; status: string }
  | { type: "caught_up"; cursor?: string | null }
  | { type: "resync"; cursor?: string | null; reason?: string }
  | { type: "pong" }
  | { type: "error"; code: string; message: string };
