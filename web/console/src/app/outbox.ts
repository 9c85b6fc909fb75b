/** The console's one outbox, sending over HTTP and writing the answer into the cache. */

import { mediaOf, type Message } from "@frontdesk/shared";
import { Outbox } from "~/features/composer/outbox.ts";
import { http } from "./api.ts";
import type { ThreadData } from "./cache.ts";
import { queryClient } from "./client.ts";
import { applyMessage } from "./events.ts";

export const outbox = new Outbox(async (entry) => {
  const message = await http.post<Message>(`/v1/conversations/${entry.conversation}/messages`, {
    body: entry.create,
    idempotencyKey: entry.key,
  });
  const known = queryClient.getQueryData<ThreadData>(["messages", entry.conversation]);
  // The event may have been faster, and says more than the answer does.
  if (known?.items.some((each) => each.id === message.id)) return;
  const complete = mediaOf(message.content) ? await http.get<Message>(`/v1/messages/${message.id}`).catch(() => message) : message;
  applyMessage(queryClient, complete);
});
