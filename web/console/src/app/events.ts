/** Live events written into the query cache. */

import type { Contact, Conversation, LiveEvent, Message } from "@frontdesk/shared";
import type { QueryClient } from "@tanstack/react-query";
import { applyToList, applyToThread, newerOf, remember, type ListData, type ThreadData } from "./cache.ts";
import type { ListFilter } from "./queries.ts";

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** The first answer of a query may have been made before what we just heard: then it is asked for once more. */
function afterFirst(client: QueryClient, key: string[]): void {
  const query = client.getQueryCache().find({ queryKey: key, exact: true });
  if (query?.state.fetchStatus !== "fetching" || query.state.data !== undefined) return;
  void query.promise?.then(
    () => soon(client, key, 0),
    () => undefined,
  );
}

/** Fetch again soon; many calls in a row make one fetch. */
function soon(client: QueryClient, key: string[], wait = 400): void {
  const name = key.join("/");
  afterFirst(client, key);
  if (waiting.has(name)) return;
  waiting.set(
    name,
    setTimeout(() => {
      waiting.delete(name);
      void client.invalidateQueries({ queryKey: key });
    }, wait),
  );
}

export function applyConversation(client: QueryClient, conversation: Conversation): void {
  remember(conversation);
  client.setQueryData<Conversation>(["conversation", conversation.id], (known) => newerOf(known, conversation));
  for (const [key, data] of client.getQueriesData<ListData>({ queryKey: ["conversations"] })) {
    if (!data) continue;
    const next = applyToList(key[1] as ListFilter, data, conversation);
    if (next !== data) client.setQueryData(key, next);
  }
  soon(client, ["counts"]);
}

export function applyMessage(client: QueryClient, message: Message): void {
  const key = ["messages", message.conversation_id];
  const data = client.getQueryData<ThreadData>(key);
  if (!data) {
    afterFirst(client, key);
    return;
  }
  const next = applyToThread(data, message);
  if (next) client.setQueryData(key, next);
  else void client.invalidateQueries({ queryKey: key });
}

const REFETCH: [prefix: string, keys: string[]][] = [
  ["delivery.", ["deliveries"]],
  ["dead_letter.", ["dead-letters"]],
  ["channel.", ["channel-notices"]],
  ["inbox.", ["inboxes"]],
  ["user.", ["users"]],
  ["account.", ["account"]],
];

export function applyEvent(client: QueryClient, event: LiveEvent): void {
  if (event.conversation) applyConversation(client, event.conversation);
  if (event.message) applyMessage(client, event.message);
  if (event.contact) {
    const contact = event.contact;
    client.setQueryData(["contact", contact.id], (known: typeof contact | undefined) => newerOf(known, contact));
    soon(client, ["contacts"]);
  } else if (event.type.startsWith("contact.") && event.subject_id) {
    soon(client, ["contact", event.subject_id]);
    soon(client, ["contacts"]);
  }
  if (event.type === "contact.merged" || event.type === "contact.unmerged") applyMerge(client, event);
  if (event.message && event.conversation) applyToContact(client, event.conversation.contact.id, event.message);
  if (event.type.startsWith("attachment.") && !event.message && event.conversation_id) soon(client, ["messages", event.conversation_id], 100);
  if (event.type === "message.starred") soon(client, ["starred"]);
  for (const [prefix, key] of REFETCH) if (event.type.startsWith(prefix)) soon(client, key);
}

/** Addresses and threads went from one contact to the other: both are read again, and whoever lists them. */
function applyMerge(client: QueryClient, event: LiveEvent): void {
  const merged = event.facts?.merged_id;
  for (const id of [event.subject_id, merged]) if (typeof id === "string") soon(client, ["contact", id], 100);
  soon(client, ["contacts"]);
  soon(client, ["conversations"], 100);
  soon(client, ["conversation"], 100);
}

/** What is said moves a contact's timeline, and what they say is when they were last seen. */
function applyToContact(client: QueryClient, id: string, message: Message): void {
  void client.invalidateQueries({ queryKey: ["contact", id, "timeline"] });
  if (message.direction !== "incoming") return;
  client.setQueryData<Contact>(["contact", id], (known) => (known && Date.parse(known.last_seen_at ?? known.created_at) <= Date.parse(message.created_at) ? { ...known, last_seen_at: message.created_at } : known));
}

/** The line could not be resumed: everything that live events keep true is fetched again. */
export async function resync(client: QueryClient): Promise<void> {
  client.removeQueries({ queryKey: ["messages"], type: "inactive" });
  client.removeQueries({ queryKey: ["conversations"], type: "inactive" });
  client.removeQueries({ queryKey: ["conversation"], type: "inactive" });
  await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" && query.queryKey[0] !== "setup" });
}
