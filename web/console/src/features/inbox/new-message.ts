/** Whether a new message is being written, and what is in it: kept on this device until it is sent. */

import type { Attachment } from "@frontdesk/shared";
import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "~/app/storage.ts";

export interface NewMessage {
  inboxId: string;
  to: string;
  name: string;
  subject: string;
  text: string;
  files: Attachment[];
}

const STORED = "frontdesk.draft.new";
export const EMPTY_MESSAGE: NewMessage = { inboxId: "", to: "", name: "", subject: "", text: "", files: [] };

let open = false;
const listeners = new Set<() => void>();

function put(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

/** Begin one, or go on with what was being written. */
export function writeMessage(message?: NewMessage): void {
  if (message) keepMessage(message);
  put(true);
}

export function closeMessage(): void {
  put(false);
}

export function keptMessage(): NewMessage {
  return { ...EMPTY_MESSAGE, ...readStored<Partial<NewMessage>>(STORED) };
}

export function keepMessage(message: NewMessage | null): void {
  writeStored(STORED, message);
}

export function useWritesMessage(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}
