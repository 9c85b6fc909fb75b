/** What the console reads: one query per resource, with its key, so that live events know where to write. */

import type {
  ApiToken,
  CanSend,
  CannedResponse,
  Channel,
  Contact,
  ContactMerge,
  ContactSource,
  ContactSuggestion,
  Conversation,
  ConversationStatus,
  Counts,
  Inbox,
  Message,
  MessagePage,
  Page,
  Session,
  Setup,
  User,
} from "@frontdesk/shared";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http, setCsrfToken } from "./api.ts";
import { mergeList, mergeThread, newerOf, type ListData, type ThreadData } from "./cache.ts";

export interface ListFilter {
  status: ConversationStatus | "all";
  assignee?: string;
  inbox_id?: string;
  contact_id?: string;
  thread_id?: string;
  unread?: boolean;
  sort?: "newest" | "oldest";
}

const NEVER = Infinity;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async () => {
    const session = await http.get<Session>("/v1/session");
    setCsrfToken(session.csrf_token);
    return session;
  },
  staleTime: NEVER,
  retry: false,
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: () => http.get<Setup>("/v1/setup"),
  staleTime: NEVER,
});

export const countsQuery = queryOptions({
  queryKey: ["counts"],
  queryFn: ({ signal }) => http.get<Counts>("/v1/conversations/counts", { signal }),
});

export function conversationsQuery(filter: ListFilter) {
  return infiniteQueryOptions({
    queryKey: ["conversations", filter],
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<Conversation>>("/v1/conversations", { signal, query: { ...filter, limit: 50, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    structuralSharing: (old, fresh) => mergeList(filter, old as ListData | undefined, fresh as ListData),
    staleTime: NEVER,
  });
}

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) => http.get<Conversation>(`/v1/conversations/${id}`, { signal }),
    structuralSharing: (old, fresh) => newerOf(old as Conversation | undefined, fresh as Conversation),
    staleTime: NEVER,
  });
}

/** Asked anew for each version of the conversation; until then the last answer stands, with what is being filled in. */
export function canSendQuery({ id, version, can_send_text }: Conversation) {
  return queryOptions({
    queryKey: ["conversation", id, "can-send", version, can_send_text],
    queryFn: ({ signal }) => http.get<CanSend>(`/v1/conversations/${id}/can-send`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export const MESSAGES_PER_PAGE = 50;

export function messagesQuery(id: string) {
  return queryOptions({
    queryKey: ["messages", id],
    queryFn: async ({ signal }): Promise<ThreadData> => {
      const page = await http.get<MessagePage>(`/v1/conversations/${id}/messages`, { signal, query: { limit: MESSAGES_PER_PAGE } });
      return { items: page.items, previous: page.previous };
    },
    structuralSharing: (old, fresh) => mergeThread(old as ThreadData | undefined, fresh as ThreadData),
    staleTime: NEVER,
  });
}

export const channelsQuery = queryOptions({
  queryKey: ["channels"],
  queryFn: () => http.get<Channel[] | Page<Channel>>("/v1/channels").then(listOf),
  staleTime: NEVER,
});

export const inboxesQuery = queryOptions({
  queryKey: ["inboxes"],
  queryFn: () => http.get<Inbox[] | Page<Inbox>>("/v1/inboxes", { query: { limit: 100 } }).then(listOf),
});

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: () => http.get<User[] | Page<User>>("/v1/users", { query: { limit: 100 } }).then(listOf),
  staleTime: 60_000,
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: () => http.get<ApiToken[] | Page<ApiToken>>("/v1/tokens", { query: { limit: 100 } }).then(listOf),
});

export const cannedQuery = queryOptions({
  queryKey: ["canned-responses"],
  queryFn: () => http.get<CannedResponse[] | Page<CannedResponse>>("/v1/canned-responses", { query: { limit: 100 } }).then(listOf),
  staleTime: 60_000,
});

export function contactQuery(id: string) {
  return queryOptions({
    queryKey: ["contact", id],
    queryFn: ({ signal }) => http.get<Contact>(`/v1/contacts/${id}`, { signal }),
    structuralSharing: (old, fresh) => newerOf(old as Contact | undefined, fresh as Contact),
  });
}

export function contactSourcesQuery(id: string) {
  return queryOptions({
    queryKey: ["contact", id, "sources"],
    queryFn: ({ signal }) => http.get<ContactSource[] | Page<ContactSource>>(`/v1/contacts/${id}/sources`, { signal }).then(listOf),
  });
}

export const CONTACT_PAGE = 30;

/** What was said with a contact in every channel, the newest first. */
export function contactTimelineQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["contact", id, "timeline"],
    queryFn: ({ pageParam, signal }) => http.get<Page<Message>>(`/v1/contacts/${id}/messages`, { signal, query: { sort: "newest", cursor: pageParam, limit: CONTACT_PAGE } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Who may be the same person. */
export function suggestionsQuery(id: string) {
  return queryOptions({
    queryKey: ["contact", id, "suggestions"],
    queryFn: ({ signal }) => http.get<ContactSuggestion[]>(`/v1/contacts/${id}/suggestions`, { signal }),
  });
}

/** The merges into a contact that stand. */
export function mergesQuery(id: string) {
  return queryOptions({
    queryKey: ["contact", id, "merges"],
    queryFn: ({ signal }) => http.get<ContactMerge[]>(`/v1/contacts/${id}/merges`, { signal }),
  });
}

export function contactsQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: ["contacts", q],
    queryFn: ({ pageParam, signal }) => http.get<Page<Contact>>("/v1/contacts", { signal, query: { q, cursor: pageParam, limit: 50 } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const starredQuery = infiniteQueryOptions({
  queryKey: ["starred"],
  queryFn: ({ pageParam, signal }) => http.get<Page<Message>>("/v1/messages", { signal, query: { starred: true, cursor: pageParam } }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

/** Short lists come bare or as a page; both are a list here. */
export function listOf<T>(answer: T[] | Page<T>): T[] {
  return Array.isArray(answer) ? answer : answer.items;
}
