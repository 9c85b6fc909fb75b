/** The console's one outbox, sending over HTTP and writing the answer into the cache. */

import type { Message } from "@frontdesk/shared";
import { Outbox } from "~/features/composer/outbox.ts";
import { http } from "./api.ts";
import { queryClient } from "./client.ts";
import { applyMessage } from "./events.ts";

export const outbox = new Outbox(async (entry) => {
  const message = await http.post<Message>(`/v1/conversations/${entry.conversation}/messages`, {
    body: entry.create,
    idempotencyKey: entry.key,
  });
  applyMessage(queryClient, message);
});
