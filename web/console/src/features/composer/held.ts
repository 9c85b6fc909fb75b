/** What waits at the desk for a few seconds and can be taken back; nothing here keeps it from leaving. */

import type { Attachment, Capabilities, Inbox, Media, Message, ReplyTo } from "@frontdesk/shared";
import { useEffect, useState } from "react";
import { deskNow } from "~/app/clock.ts";

/** What is put back into the composer. */
export interface TakenBack {
  text: string;
  subject: string | null;
  replyTo: ReplyTo | null;
  files: Attachment[];
}

/** For how long an inbox holds what an agent sends: its own setting, else its channel's. */
export function undoSeconds(inbox: Pick<Inbox, "sending"> | undefined, capabilities: Pick<Capabilities, "undo_seconds"> | undefined): number {
  if (capabilities?.undo_seconds === null) return 0;
  return inbox?.sending.undo_seconds ?? capabilities?.undo_seconds ?? 0;
}

/** One's own messages that can be taken back at this moment, the oldest first. */
export function heldOf(messages: readonly Message[], ownId: string, now: number): Message[] {
  return messages.filter((message) => message.status === "queued" && message.author.id === ownId && message.held_until !== null && Date.parse(message.held_until) > now);
}

/** Whole seconds until the first of them leaves. */
export function secondsLeft(held: readonly Message[], now: number): number {
  const ends = held.map((message) => Date.parse(message.held_until ?? ""));
  return ends.length ? Math.max(0, Math.ceil((Math.min(...ends) - now) / 1000)) : 0;
}

function fileOf(media: Media): Attachment[] {
  if (!media.attachment_id) return [];
  return [{ id: media.attachment_id, mime: media.mime ?? "application/octet-stream", filename: media.filename ?? null, size: media.size ?? 0, url: media.url ?? null } as Attachment];
}

/** Messages as what was written: their words, files and quote. */
export function takenBack(messages: readonly Message[]): TakenBack {
  const texts: string[] = [];
  const files: Attachment[] = [];
  let subject: string | null = null;
  for (const { content } of messages) {
    if (content.kind === "text") texts.push(content.body);
    if (content.kind === "email") {
      texts.push(content.text ?? "");
      subject ??= content.subject ?? null;
      files.push(...(content.attachments ?? []).flatMap(fileOf));
    }
    if ("media" in content) files.push(...fileOf(content.media));
    if ("caption" in content && content.caption) texts.push(content.caption);
  }
  return { text: texts.filter(Boolean).join("\n\n"), subject, replyTo: messages.find((message) => message.reply_to)?.reply_to ?? null, files };
}

/** What can be taken back, counted down while there is something. */
export function useHeld(messages: readonly Message[], ownId: string): { held: Message[]; left: number } {
  const [now, setNow] = useState(deskNow);
  const held = heldOf(messages, ownId, now);
  const waits = messages.some((message) => message.status === "queued" && message.held_until !== null && Date.parse(message.held_until) > now);
  useEffect(() => {
    const tick = (): void => setNow(deskNow());
    tick();
    if (!waits) return;
    const timer = setInterval(tick, 200);
    return () => clearInterval(timer);
  }, [waits, messages]);
  return { held, left: secondsLeft(held, now) };
}
