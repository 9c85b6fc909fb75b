/** What the pane of views offers, where the window has no room for it: the way there, search, a new message. */

import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { sessionQuery } from "~/app/queries.ts";
import { openPalette } from "~/features/keys/help-store.ts";
import { IconButton, iconButtonClass } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import styles from "./list.module.css";
import { writeMessage } from "./new-message.ts";

export function ToViews(): ReactNode {
  return (
    <Link
      from="/inbox/$view/{-$conversationId}"
      to="."
      params={(old) => ({ ...old, conversationId: undefined })}
      search={(old) => ({ ...old, pane: "views" as const })}
      className={classes(iconButtonClass, styles.toViews)}
      aria-label="Views"
      title="Views and inboxes"
    >
      <Icon name="left" size={20} />
    </Link>
  );
}

export function ListActions(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <span className={styles.actions}>
      <IconButton icon="search" label="Search" keys="/" onClick={openPalette} />
      {session.permissions.includes("conversations:write") ? <IconButton icon="pen" label="New message" keys="C" onClick={() => writeMessage()} /> : null}
    </span>
  );
}
