/** The inbox: views, list, thread, contact. On a phone one of them at a time, each with the way back to the one before. */

import { nameOf, Problem } from "@frontdesk/shared";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { conversationQuery, sessionQuery } from "~/app/queries.ts";
import { readStored, writeStored } from "~/app/storage.ts";
import { SideBar } from "~/features/contact/SideBar.tsx";
import { useShortcuts } from "~/features/keys/keys.ts";
import { FlowSkeleton } from "~/features/thread/Flow.tsx";
import { Thread } from "~/features/thread/Thread.tsx";
import { buttonClass } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Blank, Failed } from "~/ui/small.tsx";
import { useNarrow } from "~/ui/useNarrow.ts";
import styles from "./inbox.module.css";
import { List } from "./List.tsx";
import { closeMessage, useWritesMessage, writeMessage } from "./new-message.ts";
import { NewConversation } from "./NewConversation.tsx";
import { Starred } from "./Starred.tsx";
import { viewOf, type InboxSearch } from "./views.ts";
import { Views } from "./Views.tsx";
import { Welcome } from "./Welcome.tsx";

const SIDE = "frontdesk.side";
const WIDE = globalThis.matchMedia("(min-width: 1536px)");

/** The side bar is open on wide windows, unless somebody decided otherwise on this device. */
function useSide(): [boolean, () => void] {
  const [decided, setDecided] = useState(() => readStored<boolean>(SIDE));
  const [wide, setWide] = useState(WIDE.matches);
  useEffect(() => {
    const look = (): void => setWide(WIDE.matches);
    WIDE.addEventListener("change", look);
    return () => WIDE.removeEventListener("change", look);
  }, []);
  const shown = decided ?? wide;
  const toggle = useCallback(() => {
    setDecided(!shown);
    // Folded on a narrow window is the default, not a decision for wide ones.
    writeStored(SIDE, wide && shown ? false : null);
  }, [shown, wide]);
  return [shown, toggle];
}

export function Inbox(): ReactNode {
  const params = useParams({ from: "/desk/inbox/$view/{-$conversationId}" });
  const search = useSearch({ from: "/desk/inbox/$view/{-$conversationId}" });
  const view = viewOf(params.view);
  const id = params.conversationId;
  const [side, toggleSide] = useSide();
  const conversation = useQuery({ ...conversationQuery(id ?? ""), enabled: Boolean(id) });
  const known = id ? conversation.data : undefined;

  useEffect(() => {
    document.title = `${known ? nameOf(known.contact) : "Inbox"} · Frontdesk`;
  }, [known]);

  const { data: session } = useSuspenseQuery(sessionQuery);
  const writing = useWritesMessage();
  useEffect(() => closeMessage, []);
  useShortcuts([{ keys: "c", label: "New message", group: "List", enabled: session.permissions.includes("conversations:write"), run: () => setTimeout(writeMessage, 0) }]);

  const narrow = useNarrow();
  // Alone on the page, the list or the views are what the page is about.
  const choosing = search.pane === "views" && !id;
  const listAlone = narrow && !id && !choosing;
  const ListFrame = listAlone ? "main" : "div";
  const navigate = useNavigate();
  const open = useCallback(
    (conversationId: string | undefined) => {
      void navigate({ to: "/inbox/$view/{-$conversationId}", params: { view: params.view, conversationId }, search: (old) => ({ ...(old as InboxSearch), pane: undefined }) });
    },
    [navigate, params.view],
  );

  return (
    <div className={classes(styles.inbox, known && side && styles.withSide, id && styles.reading, choosing && styles.choosing)} data-reading={id ? true : undefined}>
      <Views view={view} alone={narrow && choosing} chosen={choosing} />
      <ListFrame {...(listAlone ? { id: "main", tabIndex: -1 } : {})} data-pane="list" className={styles.listPane}>
        {view === "starred" ? <Starred current={id} /> : <List key={params.view} view={view} search={search} current={id} onOpen={open} />}
      </ListFrame>
      {id ? (
        known ? (
          <Thread key={known.id} conversation={known} back={params.view} sideShown={side} onSide={toggleSide} />
        ) : (
          <main id="main" tabIndex={-1} className={styles.blankPane}>
            {conversation.isError ? (
              <Unloaded error={conversation.error} view={params.view} heading={narrow ? "h1" : "h2"} onRetry={() => void conversation.refetch()} />
            ) : (
              <>
                {narrow ? <h1 className="hidden-text">Conversation</h1> : null}
                <FlowSkeleton />
              </>
            )}
          </main>
        )
      ) : narrow ? null : (
        <Welcome />
      )}
      {known && side ? <SideBar conversation={known} onClose={toggleSide} /> : null}
      {writing ? <NewConversation onClose={closeMessage} /> : null}
    </div>
  );
}

interface UnloadedProps {
  error: unknown;
  view: string;
  heading: "h1" | "h2";
  onRetry: () => void;
}

/** A conversation that is not there is not tried again; the way back is offered instead. */
function Unloaded({ error, view, heading, onRetry }: UnloadedProps): ReactNode {
  if (!(error instanceof Problem) || error.status !== 404) {
    return <Failed heading={heading} title="The conversation did not load" error={error} onRetry={onRetry} className={styles.center} />;
  }
  return (
    <Blank
      icon="search"
      title="There is no such conversation"
      heading={heading}
      className={styles.center}
      action={
        <Link to="/inbox/$view/{-$conversationId}" params={{ view, conversationId: undefined }} search={{}} className={buttonClass()}>
          Back to the list
        </Link>
      }
    >
      The link may be incomplete, or it belongs to another account.
    </Blank>
  );
}
