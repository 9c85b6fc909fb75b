/** A list in pages, as all tabs of the log show one: bones, failure, nothing, rows, more. */

import type { Page } from "@frontdesk/shared";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { http } from "~/app/api.ts";
import { inboxesQuery } from "~/app/queries.ts";
import { TableBones } from "~/features/contacts/TableBones.tsx";
import { Button } from "~/ui/Button.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import page from "~/ui/page.module.css";
import { Blank, Failed } from "~/ui/small.tsx";

export function pagesQuery<T>(key: string[], path: string, query: Record<string, string> = {}) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => http.get<Page<T>>(path, { signal, query: { ...query, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
}

interface PagesProps<T> {
  query: ReturnType<typeof pagesQuery<T>>;
  what: string;
  empty: [title: string, text: string];
  children: (items: T[]) => ReactNode;
}

export function Pages<T>({ query, what, empty, children }: PagesProps<T>): ReactNode {
  const pages = useInfiniteQuery(query);
  const items = pages.data?.pages.flatMap((each) => each.items) ?? [];
  if (pages.isPending) return <TableBones />;
  if (pages.isError && items.length === 0) return <Failed title={`${what} did not load`} error={pages.error} onRetry={() => void pages.refetch()} className={page.center} />;
  if (items.length === 0) {
    return (
      <Blank icon="check" title={empty[0]} className={page.center}>
        {empty[1]}
      </Blank>
    );
  }
  return (
    <>
      {children(items)}
      {pages.hasNextPage ? (
        <p className={page.more}>
          <Button size="small" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Load 50 more
          </Button>
        </p>
      ) : null}
    </>
  );
}

export function InboxName({ id }: { id: string }): ReactNode {
  const { data } = useQuery(inboxesQuery);
  const inbox = data?.find((each) => each.id === id);
  if (!inbox) return <span className="meta">Deleted inbox</span>;
  return (
    <span className={page.cellLine}>
      <ChannelGlyph channel={inbox.channel} />
      {inbox.name}
    </span>
  );
}
