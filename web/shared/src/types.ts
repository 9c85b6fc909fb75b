/** What the API says: one type per resource of `/v1`. Names and fields are the API's own, snake_case. */

import type { Content, Kind } from "./content.ts";

export type * from "./content.ts";

export type Id = string;
/** RFC 3339 with offset. */
export type Timestamp = string;

export type Direction = "incoming" | "outgoing" | "note" | "activity";
export type AuthorType = "contact" | "agent" | "bot" | "system";
export type DeliveryStatus = "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "unknown";
export type ConversationStatus = "open" | "pending" | "snoozed" | "resolved";
export type Resolution = "resolved" | "unresolved" | "unclassified" | "handed_to_room";

export interface Author {
  type: AuthorType;
  id?: Id | null;
  name?: string | null;
}

export interface Failure {
  code: string | null;
  message: string | null;
  retryable: boolean;
}

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

export interface ReplyTo {
  id: Id;
  seq?: number | null;
  kind?: Kind | null;
  preview?: string | null;
  author_name?: string | null;
}

export interface Reaction {
  emoji: string;
  author: Author;
}

export interface Message {
  id: Id;
  conversation_id: Id;
  seq: number;
  direction: Direction;
  author: Author;
  content: Content;
  status: DeliveryStatus | null;
  failure: Failure | null;
  reply_to: ReplyTo | null;
  reactions: Reaction[];
  context: MessageContext | null;
  origin: "reply" | "button" | "campaign_link" | "ad" | "web_redirect" | null;
  starred: boolean;
  source_id: string | null;
  pricing: { billable?: boolean | null; category?: string | null; type?: string | null } | null;
  version: number;
  edited_at: Timestamp | null;
  deleted_at: Timestamp | null;
  sent_at: Timestamp | null;
  created_at: Timestamp;
}

export interface MessageCreate {
  content: Content;
  reply_to_id?: Id | null;
  direction?: "outgoing" | "note";
  canned_response_id?: Id | null;
}

export interface MessagePage {
  items: Message[];
  previous: string | null;
  next: string | null;
}

export interface Preview {
  text: string;
  kind: Kind | null;
  direction: Direction | null;
  /** The author's name. */
  author: string | null;
}

export interface Conversation {
  id: Id;
  inbox: { id: Id; name: string; channel: string };
  thread_id: Id;
  contact: { id: Id; name: string | null; avatar_url?: string | null; address?: string | null };
  status: ConversationStatus;
  resolution: Resolution | null;
  assignee: { id: Id; name: string | null } | null;
  priority?: number | string | null;
  topic?: string | null;
  unread: number;
  read_seq: number;
  seen_seq: number;
  last_seq: number;
  last_message_at: Timestamp | null;
  preview: Preview | null;
  snoozed_until: Timestamp | null;
  opened_at: Timestamp;
  resolved_at: Timestamp | null;
  window_closes_at: Timestamp | null;
  can_send_text: boolean;
  version: number;
}

export interface Counts {
  open: number;
  mine: number;
  unassigned: number;
  pending: number;
  snoozed: number;
  resolved: number;
  unread: number;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Identity {
  scheme: string;
  address: string;
  verified?: boolean;
}

export interface Contact {
  id: Id;
  name: string | null;
  avatar_url?: string | null;
  language?: string | null;
  attributes: Record<string, unknown>;
  verified?: boolean;
  first_touch?: Record<string, unknown> | null;
  identities: Identity[];
  version: number;
  created_at: Timestamp;
  last_seen_at?: Timestamp | null;
}

/** A line of talk: where and by which address the contact writes. */
export interface ContactSource {
  thread_id: Id;
  inbox: { id: Id; name: string; channel: string };
  scheme: string;
  address: string;
  created_at: Timestamp;
}

export type Role = "owner" | "admin" | "agent";

export interface User {
  id: Id;
  name: string;
  /** Shown to those who manage users, and to oneself. */
  email: string | null;
  role: Role;
  disabled: boolean;
  created_at: Timestamp;
}

export interface Session {
  user: { id: Id; name: string; email: string; role: Role };
  account: { id: Id; name: string; time_zone: string; simulated: boolean };
  permissions: string[];
  csrf_token: string;
}

export interface Setup {
  needed: boolean;
  demo: boolean;
  demo_sign_in: { email: string; password: string } | null;
}

export interface ApiToken {
  id: Id;
  name: string;
  permissions: string[];
  expires_at: Timestamp | null;
  created_at: Timestamp;
  user_id?: Id | null;
  inbox_ids?: Id[] | null;
  token?: string;
}

export interface Capabilities {
  kinds_out: string[];
  max_text: number;
  media_max_bytes: Record<string, number>;
  media_mimes: Record<string, string[]>;
  reactions: boolean;
  replies: boolean;
  receipts: boolean;
  typing_out: boolean;
  templates: boolean;
  window_seconds: number | null;
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

export interface Channel {
  slug: string;
  name: string;
  capabilities: Capabilities;
  config_schema: JsonSchema;
  secret_fields: string[];
}

export interface Inbox {
  id: Id;
  name: string;
  channel: string;
  state: string;
  state_reason: string | null;
  config: Record<string, unknown>;
  hook_url: string | null;
  public_key: string | null;
  reopen_policy: "reopen" | "next";
  greeting: Record<string, string> | null;
  time_zone: string | null;
  simulated: boolean;
  created_at: Timestamp;
}

export interface ConnectionStep {
  name: string;
  passed: boolean;
  detail: string;
}

export interface ConnectionReport {
  ok: boolean;
  steps: ConnectionStep[];
  inbox: Inbox;
}

export interface CannedResponse {
  id: Id;
  shortcut: string;
  title: string;
  messages: Content[];
}

export interface Delivery {
  id: Id;
  inbox_id: Id;
  conversation_id: Id;
  message_id: Id;
  status: DeliveryStatus;
  source_id: string | null;
  error_code: string | null;
  error: string | null;
  retryable: boolean;
  attempts: number;
  version: number;
  created_at: Timestamp;
  sent_at: Timestamp | null;
  failed_at: Timestamp | null;
}

export interface Attempt {
  id: Id;
  number: number;
  outcome: string | null;
  error_code: string | null;
  error: string | null;
  request: Record<string, unknown> | null;
  response: Record<string, unknown> | null;
  started_at: Timestamp;
  finished_at: Timestamp | null;
}

export interface DeadLetter {
  id: Id;
  queue: string;
  key: Id;
  payload: Record<string, unknown>;
  attempts: number;
  reason: string;
  failed_at: Timestamp;
  replayed_at: Timestamp | null;
}

export interface ChannelNotice {
  id: Id;
  inbox_id: Id;
  kind: string;
  code: string | null;
  title: string | null;
  detail: Record<string, unknown> | null;
  created_at: Timestamp;
}

export interface Receipt {
  id: Id;
  inbox_id: Id;
  method: string;
  state: string;
  reason: string | null;
  events: number;
  received_at: Timestamp;
  body: string;
}

export interface MessageVersion {
  version: number;
  content: Content;
  replaced_at: Timestamp | null;
}

export interface Account {
  id: Id;
  name: string;
  time_zone: string;
  language: string;
  simulated: boolean;
  settings: { photo_attachment_id?: Id | null; slack_channel?: string | null; test_numbers?: string[] };
}

export interface Attachment {
  id: Id;
  mime: string;
  size: number;
  filename: string | null;
  url: string | null;
  state: string;
}

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
export interface VisitorMessage {
  id: Id;
  seq: number;
  direction: "incoming" | "outgoing";
  author: { type: AuthorType; name?: string | null };
  content: Content;
  status: DeliveryStatus | null;
  reply_to: ReplyTo | null;
  reactions: Reaction[];
  created_at: Timestamp;
  edited_at: Timestamp | null;
  deleted_at: Timestamp | null;
}

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
