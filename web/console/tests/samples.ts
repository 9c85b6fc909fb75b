/** Rows as the API gives them, for tests. */

import type { Conversation, Message } from "@frontdesk/shared";

export function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    inbox: { id: "i1", name: "Workshop", channel: "whatsapp" },
    thread_id: "t1",
    participants_id: "a1",
    contact: { id: "p1", name: "Nora", avatar_url: null, scheme: "whatsapp", address: "447700900142" },
    status: "open",
    resolution: null,
    assignee: null,
    priority: null,
    topic: null,
    unread: 0,
    read_seq: 0,
    seen_seq: 0,
    last_seq: 1,
    last_message_at: "2026-11-20T10:00:00Z",
    preview: { text: "Hello", kind: "text", direction: "incoming", author: "Nora" },
    snoozed_until: null,
    opened_at: "2026-11-20T09:00:00Z",
    resolved_at: null,
    window_closes_at: null,
    can_send_text: true,
    version: 1,
    ...change,
  };
}

export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${String(seq)}`,
    conversation_id: "c1",
    seq,
    direction: "incoming",
    author: { type: "contact", id: "p1", name: "Nora" },
    content: { kind: "text", body: `Message ${String(seq)}` },
    status: null,
    failure: null,
    held_until: null,
    reply_to: null,
    reactions: [],
    context: null,
    origin: null,
    starred: false,
    source_id: null,
    pricing: null,
    version: 1,
    edited_at: null,
    deleted_at: null,
    sent_at: null,
    created_at: new Date(Date.UTC(2026, 10, 20, 10, seq)).toISOString(),
    ...change,
  };
}
