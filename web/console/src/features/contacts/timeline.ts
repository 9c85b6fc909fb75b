/** A contact's messages of every channel as one line: days, and where the conversation changes. Pure. */

import { isShown, startOfDay, type Conversation, type Message } from "@frontdesk/shared";

export type TimelineRow =
  | { type: "day"; key: string; at: string }
  | { type: "place"; key: string; conversationId: string; conversation: Conversation | undefined }
  | { type: "message"; key: string; message: Message };

/** Rows from messages that come the newest first, told the oldest first. */
export function timelineOf(messages: readonly Message[], conversations: readonly Conversation[]): TimelineRow[] {
  const byId = new Map(conversations.map((each) => [each.id, each]));
  const rows: TimelineRow[] = [];
  let day = 0;
  let place = "";
  for (const message of [...messages].reverse()) {
    if (!isShown(message) || message.direction === "activity") continue;
    const itsDay = startOfDay(Date.parse(message.created_at));
    if (itsDay !== day) {
      rows.push({ type: "day", key: `day-${String(itsDay)}`, at: message.created_at });
      day = itsDay;
      place = "";
    }
    if (message.conversation_id !== place) {
      place = message.conversation_id;
      rows.push({ type: "place", key: `place-${message.id}`, conversationId: place, conversation: byId.get(place) });
    }
    rows.push({ type: "message", key: message.id, message });
  }
  return rows;
}
