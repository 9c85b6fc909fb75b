/** What the API says: one type per resource of `/v1`, from the generated OpenAPI types.
 *
 * Written by hand is only what the document leaves open: contents, contexts and the frames of the live line.
 */

import type { components } from "./api.gen.ts";
import type { Content } from "./content.ts";

export type * from "./content.ts";

type Schemas = components["schemas"];
/** A type with some of its fields told more exactly. */
type Exact<T, Fields> = Omit<T, keyof Fields> & Fields;

export type Id = string;
/** RFC 3339 with offset. */
export type Timestamp = string;

export type Author = Exact<Schemas["AuthorRead"], { id?: Id | null; name?: string | null }>;
export type AuthorType = Author["type"];
export type Conversation = Schemas["ConversationRead"];
export type ConversationStatus = Conversation["status"];
export type Resolution = NonNullable<Conversation["resolution"]>;
export type Preview = Schemas["PreviewRead"];
/** May something be sent now, and what? */
export type CanSend = Schemas["CanSendRead"];
/** A template as its provider approved it. */
export type MessageTemplate = Schemas["MessageTemplate"];
export type Counts = Schemas["Counts"];
export type Failure = Schemas["FailureRead"];
export type ReplyTo = Schemas["ReplyRead"];
export type Reaction = Exact<Schemas["ReactionRead"], { author: Author }>;

export interface Referral {
  source_id?: string | null;
  source_type?: string | null;
  source_url?: string | null;
  headline?: string | null;
  body?: string | null;
  media_type?: string | null;
  media_url?: string | null;
  thumbnail_url?: string | null;
  ctwa_clid?: string | null;
}

export interface MessageContext {
  referral?: Referral | null;
  referred_product?: { catalog_id: string; sku: string } | null;
  forwarded?: boolean;
  frequently_forwarded?: boolean;
  subtype?: string | null;
  canned_response_id?: Id | null;
  errors?: Record<string, string | number | null>[];
}

export interface Pricing {
  billable?: boolean | null;
  category?: string | null;
  type?: string | null;
}

export type Message = Exact<
  Schemas["MessageRead"],
  { author: Author; content: Content; context: MessageContext | null; reactions: Reaction[]; pricing: Pricing | null }
>;
export type Direction = Message["direction"];
export type DeliveryStatus = NonNullable<Message["status"]>;
export type MessagePage = Exact<Schemas["MessagePage"], { items: Message[] }>;
export type MessageVersion = Exact<Schemas["MessageVersion"], { content: Content; replaced_at: Timestamp | null }>;

export interface MessageCreate {
  content: Content;
  reply_to_id?: Id | null;
  direction?: "outgoing" | "note";
  canned_response_id?: Id | null;
  prefer_text?: boolean;
  /** How long it waits at the desk and can be taken back. */
  hold_seconds?: number;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Identity = Schemas["IdentityRead"];
export type Contact = Schemas["ContactRead"];
/** Somebody who does not want to hear from the account by a channel. */
export type OptOut = Schemas["OptOutRead"];
/** A merge that stands; its id undoes it. */
export type ContactMerge = Schemas["MergeRead"];
/** Somebody who may be the same person, with reasons. */
export type ContactSuggestion = Schemas["SuggestionRead"];
/** A line of talk: where and by which address the contact writes. */
export type ContactSource = Schemas["SourceRead"];

export type Role = Schemas["Role"];
export type User = Exact<Schemas["UserRead"], { role: Role }>;
export type Session = Exact<Schemas["SessionRead"], { user: Exact<Schemas["SessionUser"], { role: Role }> }>;
export type Setup = Schemas["SetupRead"];
export type Account = Schemas["AccountRead"];
/** `token` is there once, in the answer that made it. */
export type ApiToken = Schemas["TokenRead"] & { token?: string };

export interface Capabilities {
  kinds_out: string[];
  max_text: number;
  /** Schemes of addresses that can be written to first. */
  reaches: string[];
  media_max_bytes: Record<string, number>;
  media_mimes: Record<string, string[]>;
  reactions: boolean;
  replies: boolean;
  receipts: boolean;
  typing_out: boolean;
  templates: boolean;
  window_seconds: number | null;
  /** So long what an agent sends can be taken back by default; null: it is seen at once. */
  undo_seconds: number | null;
}

export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  format?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  writeOnly?: boolean;
  examples?: unknown[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  [key: string]: unknown;
}

export type Channel = Exact<Schemas["ChannelRead"], { capabilities: Capabilities; config_schema: JsonSchema }>;
export type Inbox = Schemas["InboxRead"];
/** What holds for sending from an inbox. */
export type Sending = Schemas["Sending-Input"];
export type ConnectionStep = Schemas["ConnectionStep"];
export type ConnectionReport = Schemas["ConnectionRead"];
export type CannedResponse = Exact<Schemas["CannedResponseRead"], { messages: Content[] }>;
export type Attachment = Schemas["AttachmentRead"];

export type Delivery = Exact<Schemas["DeliveryRead"], { status: DeliveryStatus }>;
export type Attempt = Schemas["AttemptRead"];
export type DeadLetter = Schemas["DeadLetterRead"];
export type ChannelNotice = Schemas["ChannelNoticeRead"];
export type Receipt = Schemas["ReceiptRead"];

export interface EventFacts {
  version?: number;
  [key: string]: unknown;
}

export interface LiveEvent {
  position: number;
  type: string;
  at: Timestamp;
  conversation_id?: Id | null;
  subject_id?: Id | null;
  seq?: number | null;
  facts?: EventFacts | null;
  conversation?: Conversation | null;
  message?: Message | null;
  contact?: Contact | null;
}

export interface AgentPresence {
  id: Id;
  name: string;
  state: "online" | "away" | "offline";
}

/** Frames from the server on `/v1/live`. */
export type LiveFrame =
  | { type: "hello"; cursor: string; now: Timestamp }
  | { type: "event"; cursor: string; event: LiveEvent }
  | { type: "caught_up"; cursor: string }
  | { type: "resync"; reason: string; cursor: string }
  | { type: "typing"; conversation_id: Id; author: Author; state: "on" | "off" }
  | { type: "presence"; agents: AgentPresence[] }
  | { type: "viewing"; conversation_id: Id; agents: { id: Id; name: string }[] }
  | { type: "pong" }
  | { type: "error"; code: string; message: string };

/** What a visitor sees of a message. */
export type VisitorMessage = Exact<
  Schemas["VisitorMessage"],
  { direction: "incoming" | "outgoing"; author: { type: AuthorType; name?: string | null }; content: Content; reactions: { emoji: string; author: { type: AuthorType; name?: string | null } }[] }
>;

/** Frames from the server on `/v1/widget/live`. */
export type VisitorFrame =
  | { type: "hello"; cursor: string; now: Timestamp }
  | { type: "message"; cursor: string; message: VisitorMessage }
  | { type: "status"; cursor: string; message_id: Id; status: DeliveryStatus }
  | { type: "conversation"; cursor?: string; status: ConversationStatus }
  | { type: "typing"; author?: Author; state: "on" | "off" }
  | { type: "caught_up"; cursor: string }
  | { type: "resync"; reason: string; cursor: string }
  | { type: "pong" }
  | { type: "error"; code: string; message: string };
