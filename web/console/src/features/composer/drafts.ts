/** What is written but not sent, kept for each conversation on this device. */

import type { Attachment, ReplyTo } from "@frontdesk/shared";
import { useCallback, useState } from "react";
import { readStored, writeStored } from "~/app/storage.ts";

export type Mode = "reply" | "note";

export interface Draft {
  mode: Mode;
  reply: string;
  note: string;
  replyTo: ReplyTo | null;
  files: Attachment[];
}

export const EMPTY_DRAFT: Draft = { mode: "reply", reply: "", note: "", replyTo: null, files: [] };

function keyOf(conversation: string): string {
  return `frontdesk.draft.${conversation}`;
}

export function isEmptyDraft(draft: Draft): boolean {
  return !draft.reply && !draft.note && !draft.replyTo && draft.files.length === 0;
}

export function loadDraft(conversation: string): Draft {
  return { ...EMPTY_DRAFT, ...readStored<Partial<Draft>>(keyOf(conversation)) };
}

export function saveDraft(conversation: string, draft: Draft): void {
  writeStored(keyOf(conversation), isEmptyDraft(draft) ? null : draft);
}

/** The draft of a conversation. The composer is mounted anew for each conversation. */
export function useDraft(conversation: string): [Draft, (change: Partial<Draft> | ((old: Draft) => Partial<Draft>)) => void] {
  const [draft, setDraft] = useState(() => loadDraft(conversation));
  const change = useCallback(
    (part: Partial<Draft> | ((old: Draft) => Partial<Draft>)) => {
      setDraft((old) => {
        const next = { ...old, ...(typeof part === "function" ? part(old) : part) };
        saveDraft(conversation, next);
        return next;
      });
    },
    [conversation],
  );
  return [draft, change];
}
