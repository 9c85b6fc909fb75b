/** What can be done with a conversation: one place for buttons, keys and palette. */

import { nameOf, type Conversation } from "@frontdesk/shared";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { http } from "~/app/api.ts";
import { applyConversation } from "~/app/events.ts";
import { conversationQuery } from "~/app/queries.ts";
import { endToast, toast, toastError } from "~/ui/toasts.tsx";

export interface Actions {
  assign: (assignee: string | null) => Promise<void>;
  resolve: () => Promise<void>;
  reopen: () => Promise<void>;
  /** Resolve it, or reopen it: by what is known now, which the page may not show yet. */
  toggle: () => Promise<void>;
  snooze: (until: Date) => Promise<void>;
  pending: () => Promise<void>;
}

type Verb = "assign" | "resolve" | "reopen" | "snooze" | "pending" | "read";

async function change(client: QueryClient, id: string, verb: Verb, body: object = {}): Promise<void> {
  const conversation = await http.post<Conversation>(`/v1/conversations/${id}/${verb}`, { body });
  if (verb !== "read" && verb !== "assign") endToast(id);
  applyConversation(client, conversation);
}

/** Tell the desk that everything up to `seq` was read. */
export async function markRead(client: QueryClient, id: string, seq: number): Promise<void> {
  await change(client, id, "read", { seq });
}

export function makeActions(client: QueryClient, conversation: Conversation): Actions {
  const { id, contact } = conversation;
  const name = nameOf(contact);
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      toastError(error, what);
    }
  };
  const reopen = () => attempt("Not reopened.", () => change(client, id, "reopen"));
  const undo = { label: "Undo", run: () => void reopen() };
  const resolve = () =>
    attempt("Not resolved.", async () => {
      await change(client, id, "resolve");
      toast(`Resolved ${name}`, undo, id);
    });
  const known = () => client.getQueryData(conversationQuery(id).queryKey) ?? conversation;
  return {
    reopen,
    resolve,
    toggle: () => (known().status === "resolved" ? reopen() : resolve()),
    assign: (assignee) =>
      attempt("Not assigned.", async () => {
        await change(client, id, "assign", { assignee_id: assignee });
        toast(assignee ? `Assigned ${name}` : `${name} is unassigned`);
      }),
    snooze: (until) =>
      attempt("Not snoozed.", async () => {
        await change(client, id, "snooze", { until: until.toISOString() });
        toast(`Snoozed ${name}`, undo, id);
      }),
    pending: () =>
      attempt("Not set to pending.", async () => {
        await change(client, id, "pending");
        toast(`${name} is pending`, undo, id);
      }),
  };
}

export function useActions(conversation: Conversation | undefined): Actions | null {
  const client = useQueryClient();
  return useMemo(() => (conversation ? makeActions(client, conversation) : null), [client, conversation]);
}

export interface SnoozeChoice {
  label: string;
  until: Date;
}

/** The times offered for snoozing: later today, tomorrow morning, next week. */
export function snoozeChoices(now: Date): SnoozeChoice[] {
  const at = (days: number, hour: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { label: "For one hour", until: inHours(1) },
    { label: "For three hours", until: inHours(3) },
    ...(now.getHours() < 17 ? [{ label: "This evening", until: at(0, 18) }] : []),
    { label: "Tomorrow morning", until: at(1, 9) },
    { label: "Next Monday", until: at(toMonday, 9) },
  ];
}
