/** What somebody refuses and how we know, in words. */

import type { OptOut } from "@frontdesk/shared";

export const KIND_WORDS: Record<OptOut["kind"], string> = {
  all: "No messages",
  marketing: "No marketing",
  automatic: "Nothing automatic",
  unasked: "Only answers",
};

/** `wrote “STOP”`, `noted here: asked by phone`. */
export function optOutReason({ source, note }: Pick<OptOut, "source" | "note">): string {
  switch (source) {
    case "keyword":
      return note ? `wrote “${note}”` : "their own word";
    case "provider":
      return note ? `told by the provider: ${note}` : "told by the provider";
    case "link":
      return "by the link in a message";
    case "api":
      return note ? `noted: ${note}` : "noted without a reason";
  }
}
