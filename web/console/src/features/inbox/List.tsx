/** The list of conversations: tabs by status, live order, virtual rows, more on the way down, keyboard. */

import type { Conversation, ConversationStatus, Counts } from "@frontdesk/shared";
import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, type ReactNode } from "react";
import { rowsOf } from "~/app/cache.ts";
import { conversationQuery, conversationsQuery, countsQuery, inboxesQuery, messagesQuery, sessionQuery } from "~/app/queries.ts";
import { useShortcuts } from "~/features/keys/keys.ts";
import { Button } from "~/ui/Button.tsx";
import { Blank, Bone, Failed } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import { FilterMenu, SortButton } from "./Filters.tsx";
import styles from "./list.module.css";
import { Row } from "./Row.tsx";
import { ListActions, ToViews } from "./ToViews.tsx";
import { filterOf, VIEW_TITLES, type InboxSearch, type ViewName } from "./views.ts";

const ROW = 62;
const TABS: { status: ConversationStatus; word: string }[] = [
  { status: "open", word: "Open" },
  { status: "pending", word: "Pending" },
  { status: "snoozed", word: "Snoozed" },
  { status: "resolved", word: "Resolved" },
];

interface ListProps {
  view: ViewName;
  search: InboxSearch;
  current: string | undefined;
  onOpen: (id: string | undefined) => void;
}

export function List({ view, search, current, onOpen }: ListProps): ReactNode {
  const filter = filterOf(view, search);
  const query = useInfiniteQuery(conversationsQuery(filter));
  const { data: counts } = useQuery(countsQuery);
  const { data: inboxes } = useQuery(inboxesQuery);
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  const { seed, ahead } = useAhead();

  const at = rows.findIndex((row) => row.id === current);
  const go = (step: number): void => {
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    if (!next) return;
    seed(next);
    onOpen(next.id);
    const after = rows[rows.indexOf(next) + step];
    if (after) ahead(after);
  };
  useShortcuts([
    { keys: "j", label: "Next conversation", group: "List", run: () => go(1) },
    { keys: "k", label: "Previous conversation", group: "List", run: () => go(-1) },
    { keys: "Escape", label: "Close the conversation", group: "List", enabled: current !== undefined, run: () => onOpen(undefined) },
  ]);

  const title = search.inbox ? (inboxes?.find((each) => each.id === search.inbox)?.name ?? "Inbox") : VIEW_TITLES[view];
  const filtered = Boolean(search.unread ?? search.inbox) || view === "unread";
  return (
    <section className={styles.list} aria-label="Conversation list">
      <div className={styles.bar}>
        <ToViews />
        <h1 className="one">{title}</h1>
        <ListActions />
        <FilterMenu view={view} search={search} />
        <SortButton view={view} search={search} />
      </div>
      <nav className={styles.tabs} aria-label="Status">
        {TABS.map(({ status, word }) => (
          <Link
            key={status}
            to="/inbox/$view/{-$conversationId}"
            params={{ view, conversationId: current }}
            search={(old) => ({ ...(old as InboxSearch), status })}
            aria-current={filter.status === status ? "true" : undefined}
          >
            {word}
            <TabCount view={view} status={status} counts={counts} filtered={filtered} />
          </Link>
        ))}
      </nav>
      {query.isPending ? <ListSkeleton /> : null}
      {query.isError && rows.length === 0 ? (
        <Failed title="The list did not load" error={query.error} onRetry={() => void query.refetch()} className={styles.center} />
      ) : null}
      {query.isSuccess && rows.length === 0 ? <Nothing view={view} status={filter.status as ConversationStatus} filtered={filtered} /> : null}
      {rows.length > 0 ? (
        <Rows rows={rows} view={view} current={current} more={query.hasNextPage} loading={query.isFetchingNextPage} onMore={() => void query.fetchNextPage()} onSeed={seed} />
      ) : null}
    </section>
  );
}

/** Puts what the list knows into the thread's cache, and fetches the next thread before it is asked for. */
function useAhead(): { seed: (row: Conversation) => void; ahead: (row: Conversation) => void } {
  const client = useQueryClient();
  return useMemo(
    () => ({
      seed: (row) => {
        client.setQueryData(conversationQuery(row.id).queryKey, (known) => known ?? row);
      },
      ahead: (row) => {
        client.query(messagesQuery(row.id)).catch(() => undefined);
      },
    }),
    [client],
  );
}

function TabCount({ view, status, counts, filtered }: { view: ViewName; status: ConversationStatus; counts: Counts | undefined; filtered: boolean }): ReactNode {
  if (!counts || filtered || status === "resolved") return null;
  if (view === "all") return <span className={styles.count}>{counts[status]}</span>;
  if (view === "mine" && status === "open") return <span className={styles.count}>{counts.mine}</span>;
  if (view === "unassigned" && status === "open") return <span className={styles.count}>{counts.unassigned}</span>;
  if (view === "snoozed" && status === "snoozed") return <span className={styles.count}>{counts.snoozed}</span>;
  return null;
}

interface RowsProps {
  rows: readonly Conversation[];
  view: ViewName;
  current: string | undefined;
  more: boolean;
  loading: boolean;
  onMore: () => void;
  onSeed: (row: Conversation) => void;
}

function Rows({ rows, view, current, more, loading, onMore, onSeed }: RowsProps): ReactNode {
  const scroll = useRef<HTMLDivElement>(null);
  const now = useNow();
  const { data: session } = useSuspenseQuery(sessionQuery);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions change with each render, and none is handed on
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !loading && last >= rows.length - 5) onMore();
  }, [more, loading, last, rows.length, onMore]);

  const at = rows.findIndex((row) => row.id === current);
  const shownAt = useRef(-1);
  useEffect(() => {
    if (at >= 0 && at !== shownAt.current) virtual.scrollToIndex(at, { align: "auto" });
    shownAt.current = at;
  }, [at, virtual]);

  return (
    <div ref={scroll} className={`${styles.scroll} scroll`}>
      <ul className={styles.rows} aria-label="Conversations" style={{ height: virtual.getTotalSize() }}>
        {shown.map((place) => {
          const row = rows[place.index];
          return row ? (
            <li key={place.key} className={styles.place} style={{ transform: `translateY(${String(place.start)}px)` }} aria-posinset={place.index + 1} aria-setsize={more ? -1 : rows.length}>
              <Row conversation={row} view={view} current={row.id === current} ownId={session.user.id} ownName={session.user.name} now={now} first={place.index === 0} onSeed={onSeed} />
            </li>
          ) : null;
        })}
      </ul>
      {loading ? (
        <p className={styles.more} role="status">
          Loading more
        </p>
      ) : more ? (
        <p className={styles.more}>
          <Button size="small" onClick={onMore}>
            Load more
          </Button>
        </p>
      ) : null}
    </div>
  );
}

function ListSkeleton(): ReactNode {
  const widths = [120, 96, 140, 88, 112, 132, 100, 124];
  return (
    <div className={styles.skeleton} role="status" aria-label="Loading conversations">
      {widths.map((width, at) => (
        <div key={width} className={styles.bones}>
          <Bone width={36} height={36} round />
          <span>
            <Bone width={width} />
            <Bone width={`${String(70 + ((at * 17) % 28))}%`} height={8} />
          </span>
        </div>
      ))}
    </div>
  );
}

const EMPTY: Record<ConversationStatus, [title: string, text: string]> = {
  open: ["No open conversations", "The first message to any of your inboxes appears here at once."],
  pending: ["Nothing is pending", "Conversations that wait for somebody else stay here."],
  snoozed: ["Nothing is snoozed", "Snoozed conversations come back by themselves when their time is up."],
  resolved: ["Nothing is resolved yet", "What you resolve stays here, and opens again when the customer writes."],
};

function Nothing({ view, status, filtered }: { view: ViewName; status: ConversationStatus; filtered: boolean }): ReactNode {
  const [title, text] = EMPTY[status];
  if (filtered) return <Blank icon="filter" title="No conversation fits" className={styles.center}>Change the filter or the status to see others.</Blank>;
  if (view === "mine" && status === "open") {
    return (
      <Blank icon="person" title="Nothing is assigned to you" className={styles.center}>
        Take one from Unassigned with the key A.
      </Blank>
    );
  }
  return (
    <Blank icon={status === "snoozed" ? "moon" : status === "resolved" ? "check" : "inbox"} title={title} className={styles.center}>
      {text}
    </Blank>
  );
}
