/* Tells a screen reader what arrives, and nothing of what was there before. */

import { useEffect, useState } from "preact/hooks";

import type { Content, MediaContent } from "../protocol";
import type { Session } from "../session";
import { words } from "../words";

export const isMedia = (content: Content): content is MediaContent => "media" in content;

/** A message in one line. */
export function summary(content: Content): string {
  if (content.kind === "text") return content.body;
  if (content.kind === "interactive") return content.title ?? content.body ?? "";
  if (content.kind === "template") return content.body ?? "";
  if (isMedia(content))
    return (
      content.caption ??
      {
        image: words.picture,
        sticker: words.picture,
        audio: words.audio,
        video: words.video,
        document: words.file,
      }[content.kind]
    );
  return content.kind === "location"
    ? words.location
    : content.kind === "contacts"
      ? content.cards[0]!.name
      : words.unsupported;
}

export function Announcer({ session }: { session: Session }) {
  const [text, setText] = useState("");
  useEffect(
    () =>
      session.on("message", (message) => {
        setText(`${message.author.name ?? session.state.inbox?.name ?? ""}: ${summary(message.content)}`);
      }),
    [session],
  );
  return (
    <div class="vh" role="status" aria-live="polite">
      {text}
    </div>
  );
}
