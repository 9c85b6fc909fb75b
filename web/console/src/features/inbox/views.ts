/** The views of the inbox and how each becomes a filter. */

import type { ConversationStatus } from "@frontdesk/shared";
import type { ListFilter } from "~/app/queries.ts";

export interface InboxSearch {
  status?: ConversationStatus;
  unread?: true;
  sort?: "oldest";
  inbox?: string;
  /** On windows without room for them, the views in place of the list. */
  pane?: "views";
}

const STATUSES = new Set(["open", "pending", "snoozed", "resolved"]);

/** What the address may say, with everything else left out. */
export function checkInboxSearch(search: Record<string, unknown>): InboxSearch {
  return {
    ...(typeof search.status === "string" && STATUSES.has(search.status) ? { status: search.status as ConversationStatus } : {}),
    ...(search.unread === true || search.unread === "true" ? { unread: true as const } : {}),
    ...(search.sort === "oldest" ? { sort: "oldest" as const } : {}),
    ...(typeof search.inbox === "string" ? { inbox: search.inbox } : {}),
    ...(search.pane === "views" ? { pane: "views" as const } : {}),
  };
}

export type ViewName = "mine" | "unassigned" | "all" | "unread" | "snoozed" | "starred";

export const VIEW_TITLES: Record<ViewName, string> = {
  mine: "Mine",
  unassigned: "Unassigned",
  all: "All",
  unread: "Unread",
  snoozed: "Snoozed",
  starred: "Starred",
};

export function viewOf(name: string): ViewName {
  return Object.hasOwn(VIEW_TITLES, name) ? (name as ViewName) : "all";
}

export function filterOf(view: ViewName, search: InboxSearch): ListFilter {
  const filter: ListFilter = { status: search.status ?? (view === "snoozed" ? "snoozed" : "open") };
  if (view === "mine") filter.assignee = "me";
  if (view === "unassigned") filter.assignee = "none";
  if (view === "unread" || search.unread) filter.unread = true;
  if (search.sort) filter.sort = search.sort;
  if (search.inbox) filter.inbox_id = search.inbox;
  return filter;
}
