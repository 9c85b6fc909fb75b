/** Message text as it was written, with links that are safe to open. */

import { segments } from "@frontdesk/shared";
import type { ReactNode } from "react";

export function RichText({ text }: { text: string }): ReactNode {
  return segments(text).map((part, at) =>
    part.type === "text" ? (
      part.text
    ) : (
      <a key={`${String(at)}-${part.href}`} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
        {part.text}
      </a>
    ),
  );
}
