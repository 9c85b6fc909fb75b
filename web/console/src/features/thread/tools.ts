/** What a bubble may ask of its thread. */

import type { Message, ReplyTo } from "@frontdesk/shared";
import type { Item } from "./rows.ts";

export interface ThreadTools {
  canReply: boolean;
  canReact: boolean;
  canQuote: boolean;
  reply: (message: Message) => void;
  react: (message: Message, emoji: string | null) => void;
  star: (message: Message) => void;
  showVersions: (message: Message) => void;
  showDetails: (item: Item) => void;
  jumpTo: (reply: ReplyTo) => void;
  quoteOf: (id: string | null) => ReplyTo | null;
  ownId: string;
  ownName: string;
  /** What the customer is called, for messages that do not name their writer. */
  contactName: string;
}
