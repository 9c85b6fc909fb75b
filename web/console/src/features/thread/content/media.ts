/** Addresses of files are signed and expire; a file that no longer loads gets a fresh address once. */

import type { Media, Message } from "@frontdesk/shared";
import { createContext, useCallback, useContext, useState } from "react";
import { http } from "~/app/api.ts";

/** The message a content belongs to, so that its file's address can be asked for again. */
export const MessageIdContext = createContext<string | null>(null);

interface FreshMedia {
  url: string | null;
  failed: boolean;
  refresh: () => void;
}

export function useFreshMedia(media: Media): FreshMedia {
  const messageId = useContext(MessageIdContext);
  const [fresh, setFresh] = useState<{ from: string; url: string } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const given = media.url ?? null;
  const stored = media.state === undefined || media.state === null || media.state === "stored";
  const usable = given !== null && stored;
  const url = fresh?.from === given ? fresh.url : usable ? given : null;

  const refresh = useCallback(() => {
    if (!messageId || !given || fresh?.from === given) {
      setFailed(given);
      return;
    }
    http
      .get<Message>(`/v1/messages/${messageId}`)
      .then((message) => {
        const next = "media" in message.content ? message.content.media.url : null;
        if (next && next !== given) setFresh({ from: given, url: next });
        else setFailed(given);
      })
      .catch(() => setFailed(given));
  }, [messageId, given, fresh]);

  return { url, failed: given !== null && failed === given, refresh };
}
