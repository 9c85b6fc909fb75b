/** One conversation: header, messages, composer. Loads older pages, marks as read, follows the live line. */

import { explain, nameOf, previewOf, type Author, type Conversation, type Message, type ReplyTo } from "@frontdesk/shared";
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { prependToThread, type ThreadData } from "~/app/cache.ts";
import { applyMessage } from "~/app/events.ts";
import { sayViewing, useLive } from "~/app/live.ts";
import { outbox } from "~/app/outbox.ts";
import { channelsQuery, MESSAGES_PER_PAGE, messagesQuery, sessionQuery } from "~/app/queries.ts";
import { Composer, type ComposerHandle } from "~/features/composer/Composer.tsx";
import { unconfirmed, useOutbox } from "~/features/composer/outbox.ts";
import { useShortcuts } from "~/features/keys/keys.ts";
import { Failed } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { makeActions, markRead } from "./actions.ts";
import { LightboxProvider } from "./content/Lightbox.tsx";
import { EarlierConversations } from "./Earlier.tsx";
import { Flow, FlowSkeleton, lastSeq } from "./Flow.tsx";
import { Header } from "./Header.tsx";
import { DetailsDialog, VersionsDialog } from "./MessageDialogs.tsx";
import { itemOfEntry, rowsOf, type Item } from "./rows.ts";
import styles from "./thread.module.css";
import type { ThreadTools } from "./tools.ts";
import { useScroll } from "./useScroll.ts";

interface ThreadProps {
  conversation: Conversation;
  back: string;
  sideShown: boolean;
  onSide: () => void;
}

const NOBODY: readonly Author[] = [];
const NO_MESSAGES: readonly Message[] = [];

interface OlderPage {
  items: Message[];
  previous: string | null;
}

/** Loads older pages into the cache; one at a time. */
function useOlder(id: string): { load: () => Promise<boolean>; loading: boolean } {
  const client = useQueryClient();
  const busy = useRef(false);
  const [loading, setLoading] = useState(false);
  const load = useCallback(async () => {
    const key = messagesQuery(id).queryKey;
    const known = client.getQueryData(key);
    if (busy.current || !known?.previous) return false;
    busy.current = true;
    setLoading(true);
    try {
      const page = await http.get<OlderPage>(`/v1/conversations/${id}/messages`, { query: { before: known.previous, limit: MESSAGES_PER_PAGE } });
      client.setQueryData<ThreadData>(key, (now) => (now ? prependToThread(now, { items: page.items, previous: page.previous }) : now));
      return true;
    } catch (error) {
      toastError(error, "Older messages did not load.");
      return false;
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }, [client, id]);
  return { load, loading };
}

/** Marks the conversation read while it is on the screen and the reader is at its end. */
function useMarkRead(conversation: Conversation, messages: readonly Message[] | undefined, atBottom: boolean): void {
  const client = useQueryClient();
  const told = useRef(0);
  const seq = lastSeq(messages);
  const { id, unread, read_seq } = conversation;
  useEffect(() => {
    const tell = (): void => {
      if (document.hidden || !atBottom || seq === 0 || seq <= told.current) return;
      if (unread === 0 && seq <= read_seq) return;
      if (unread === 0) return;
      told.current = seq;
      markRead(client, id, seq).catch(() => {
        told.current = 0;
      });
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [client, id, seq, unread, read_seq, atBottom]);
}

export function Thread({ conversation, back, sideShown, onSide }: ThreadProps): ReactNode {
  const { id } = conversation;
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const channels = useQuery(channelsQuery);
  const messages = useQuery(messagesQuery(id));
  const older = useOlder(id);
  const entries = useOutbox(outbox, id);
  const typing = useLive((live) => live.typing[id]) ?? NOBODY;
  const composer = useRef<ComposerHandle>(null);
  const [readSeq] = useState<number | null>(() => (conversation.unread > 0 ? conversation.read_seq : null));
  const [versions, setVersions] = useState<Message | null>(null);
  const [details, setDetails] = useState<Item | null>(null);
  const [snoozing, setSnoozing] = useState(false);
  const [assigning, setAssigning] = useState(false);
  const [dropping, setDropping] = useState(false);

  const items = messages.data?.items;
  const own = useMemo<Author>(() => ({ type: "agent", id: session.user.id, name: session.user.name }), [session.user.id, session.user.name]);
  const rows = useMemo(() => {
    const waiting = unconfirmed(entries, items ?? [], own.id ?? "").map((entry, at) => itemOfEntry(entry, own, at));
    return rowsOf(items ?? [], waiting, readSeq);
  }, [items, entries, own, readSeq]);

  const { load, loading } = older;
  const onNearTop = useCallback(() => void load(), [load]);
  const scroll = useScroll(onNearTop, rows);
  const { toBottom } = scroll;
  useMarkRead(conversation, items, scroll.atBottom);
  const unseen = useUnseen(items, scroll.atBottom);

  useEffect(() => {
    sayViewing(id);
    return () => sayViewing(null);
  }, [id]);

  // Own words are always followed.
  const sent = entries.length;
  useEffect(() => {
    if (sent > 0) toBottom();
  }, [sent, toBottom]);

  const actions = useMemo(() => makeActions(client, conversation), [client, conversation]);
  const capabilities = channels.data?.find((channel) => channel.slug === conversation.inbox.channel)?.capabilities;

  const star = useCallback(
    async (message: Message): Promise<void> => {
    try {
      const path = `/v1/messages/${message.id}/star`;
      applyMessage(client, await (message.starred ? http.delete<Message>(path) : http.put<Message>(path)));
      void client.invalidateQueries({ queryKey: ["starred"] });
      toast(message.starred ? "Star removed" : "Starred");
    } catch (error) {
      toastError(error, "The star was not changed.");
    }
  },
    [client],
  );

  const jumpTo = useJump(id, load, scroll.flow);
  const contactName = nameOf(conversation.contact);
  const tools = useMemo<ThreadTools>(
    () => ({
      ownId: own.id ?? "",
      ownName: own.name ?? "",
      contactName,
      canReply: session.permissions.includes("messages:send"),
      canReact: capabilities?.reactions ?? true,
      canQuote: capabilities?.replies ?? true,
      reply: (message) => composer.current?.replyTo(replyOf(message, own.id, contactName)),
      react: (message, emoji) => {
        outbox.add(id, { content: { kind: "reaction", emoji, target_id: message.id } }, lastSeq(client.getQueryData(messagesQuery(id).queryKey)?.items));
      },
      star: (message) => void star(message),
      showVersions: setVersions,
      showDetails: setDetails,
      jumpTo,
      quoteOf: (target) => {
        const message = target ? client.getQueryData(messagesQuery(id).queryKey)?.items.find((each) => each.id === target) : undefined;
        return message ? replyOf(message, own.id, contactName) : null;
      },
    }),
    [own.id, own.name, contactName, session.permissions, capabilities, client, id, jumpTo, star],
  );

  useShortcuts([
    { keys: "r", label: "Write a reply", group: "Conversation", run: () => composer.current?.focus("reply") },
    { keys: "n", label: "Write a note", group: "Conversation", run: () => composer.current?.focus("note") },
    { keys: "a", label: "Assign to me", group: "Conversation", run: () => void actions.assign("me") },
    { keys: "shift+a", label: "Assign to somebody", group: "Conversation", run: () => setTimeout(() => setAssigning(true), 0) },
    {
      keys: "e",
      label: conversation.status === "resolved" ? "Reopen" : "Resolve",
      group: "Conversation",
      run: () => void actions.toggle(),
    },
    { keys: "z", label: "Snooze", group: "Conversation", enabled: conversation.status !== "resolved", run: () => setTimeout(() => setSnoozing(true), 0) },
    { keys: "]", label: sideShown ? "Hide contact" : "Show contact", group: "Conversation", run: onSide },
    { keys: "End", label: "Jump to latest", group: "Conversation", run: toBottom },
    { keys: "mod+Enter", label: "Send", group: "Conversation", inText: true, run: () => composer.current?.send() },
  ]);

  const drag = {
    onDragEnter: (event: DragEvent) => {
      if (event.dataTransfer.types.includes("Files")) setDropping(true);
    },
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setDropping(false);
      composer.current?.attach([...event.dataTransfer.files]);
    },
  };

  return (
    <LightboxProvider>
      <main className={styles.thread} id="main" tabIndex={-1} aria-label="Conversation" {...drag}>
        <Header
          conversation={conversation}
          actions={actions}
          back={back}
          sideShown={sideShown}
          onSide={onSide}
          snoozing={snoozing}
          onSnoozing={setSnoozing}
          assigning={assigning}
          onAssigning={setAssigning}
        />
        {messages.isPending ? <FlowSkeleton /> : null}
        {messages.isError && !items ? (
          <div className="scroll">
            <Failed title="The messages did not load" error={messages.error} onRetry={() => void messages.refetch()} />
          </div>
        ) : null}
        {items ? (
          <Flow
            conversation={conversation}
            rows={rows}
            tools={tools}
            typing={typing}
            older={loading ? "loading" : messages.data?.previous ? "more" : "none"}
            flow={scroll.flow}
            content={scroll.content}
            onScroll={scroll.onScroll}
            atBottom={scroll.atBottom}
            unseen={unseen}
            onJump={toBottom}
            top={<EarlierConversations conversation={conversation} />}
          />
        ) : null}
        <Composer key={id} ref={composer} conversation={conversation} capabilities={capabilities} lastSeq={lastSeq(items)} messages={items ?? NO_MESSAGES} ownId={session.user.id} />
        {dropping ? <div className={styles.drop}>Drop files to attach them</div> : null}
        {versions ? <VersionsDialog message={versions} onClose={() => setVersions(null)} /> : null}
        {details?.message ? <DetailsDialog message={details.message} onClose={() => setDetails(null)} /> : null}
      </main>
    </LightboxProvider>
  );
}

function replyOf(message: Message, ownId: string | null | undefined, contactName: string): ReplyTo {
  return {
    id: message.id,
    seq: message.seq,
    kind: message.content.kind,
    preview: previewOf(message.content),
    author_name: message.author.id === ownId ? "You" : (message.author.name ?? (message.direction === "incoming" ? contactName : null)),
  };
}

/** How many messages came while the reader was further up. */
function useUnseen(items: readonly Message[] | undefined, atBottom: boolean): number {
  const last = lastSeq(items);
  const [seen, setSeen] = useState(last);
  if (atBottom && seen !== last) setSeen(last);
  return atBottom || !items ? 0 : items.filter((message) => message.seq > seen && message.direction === "incoming").length;
}

const MOST_PAGES = 40;

/** Scrolls to a message, loading older pages until it is there. */
function useJump(id: string, load: () => Promise<boolean>, flow: { current: HTMLDivElement | null }): (reply: ReplyTo) => void {
  const client = useQueryClient();
  return useCallback(
    (reply: ReplyTo) => {
      const known = (): boolean => client.getQueryData(messagesQuery(id).queryKey)?.items.some((each) => each.id === reply.id) ?? false;
      const find = async (): Promise<void> => {
        for (let page = 0; page < MOST_PAGES && !known(); page += 1) if (!(await load())) break;
        await new Promise(requestAnimationFrame);
        const element = flow.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(reply.id)}"]`);
        if (!element) {
          toast("That message is not in this conversation");
          return;
        }
        element.scrollIntoView({ block: "center" });
        element.dataset.found = "";
        setTimeout(() => delete element.dataset.found, 1600);
      };
      find().catch((error: unknown) => toast(explain(error)));
    },
    [client, id, load, flow],
  );
}
