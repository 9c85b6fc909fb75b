/** Starred messages, the newest first, each leading to its conversation. */

import { fullTime, listTime, previewOf } from "@frontdesk/shared";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { starredQuery } from "~/app/queries.ts";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Blank, Bone, Failed } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import styles from "./list.module.css";
import { ListActions, ToViews } from "./ToViews.tsx";

export function Starred({ current }: { current: string | undefined }): ReactNode {
  const query = useInfiniteQuery(starredQuery);
  const now = useNow();
  const messages = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={styles.list} aria-label="Starred messages">
      <div className={styles.bar}>
        <ToViews />
        <h1>Starred</h1>
        <ListActions />
      </div>
      {query.isPending ? (
        <div className={styles.skeleton}>
          <Bone width="70%" />
        </div>
      ) : null}
      {query.isError && messages.length === 0 ? <Failed title="The list did not load" error={query.error} onRetry={() => void query.refetch()} className={styles.center} /> : null}
      {query.isSuccess && messages.length === 0 ? (
        <Blank icon="star" title="Nothing is starred" className={styles.center}>
          Star a message from its menu to find it here again.
        </Blank>
      ) : null}
      <div className={`${styles.scroll} scroll`}>
        <ul aria-label="Starred">
          {messages.map((message, at) => (
            <li key={message.id}>
              <Link
                to="/inbox/$view/{-$conversationId}"
                params={{ view: "starred", conversationId: message.conversation_id }}
                search={{}}
                className={classes(styles.row, at === 0 && styles.first)}
                aria-current={message.conversation_id === current ? "true" : undefined}
              >
                <Avatar id={message.author.id ?? message.id} name={message.author.name} />
                <span className={styles.lines}>
                  <span className={styles.line}>
                    <span className={classes(styles.name, "one")}>{message.author.name ?? "Unknown"}</span>
                    <time dateTime={message.created_at} title={fullTime(message.created_at)}>
                      {listTime(message.created_at, now)}
                    </time>
                  </span>
                  <span className={styles.line}>
                    <span className={classes(styles.preview, "one")}>{previewOf(message.content)}</span>
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
        {query.hasNextPage ? (
          <p className={styles.more}>
            <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Load more
            </Button>
          </p>
        ) : null}
      </div>
    </section>
  );
}
