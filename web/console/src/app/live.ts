/** The console's live line: one socket, its events into the cache, who is here and who writes. */

import { LiveClient, type AgentPresence, type Author, type Connection, type LiveFrame } from "@frontdesk/shared";
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { setClock } from "./clock.ts";
import { applyEvent, resync } from "./events.ts";
import { outbox } from "./outbox.ts";

interface LiveState {
  connection: Connection;
  agents: readonly AgentPresence[];
  /** By conversation: who writes right now. */
  typing: Readonly<Record<string, readonly Author[]>>;
  /** By conversation: which colleagues look at it. */
  viewing: Readonly<Record<string, readonly { id: string; name: string }[]>>;
}

const TYPING_LASTS = 8000;

let state: LiveState = { connection: "connecting", agents: [], typing: {}, viewing: {} };
const listeners = new Set<() => void>();
const typingEnds = new Map<string, ReturnType<typeof setTimeout>>();
let line: LiveClient<LiveFrame> | null = null;

function put(change: Partial<LiveState>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Part of the live state; renders again only when that part changes. */
export function useLive<T>(pick: (state: LiveState) => T): T {
  return useSyncExternalStore(subscribe, () => pick(state));
}

function setTyping(conversation: string, author: Author, on: boolean): void {
  const name = `${conversation}/${author.id ?? author.type}`;
  clearTimeout(typingEnds.get(name));
  const others = (state.typing[conversation] ?? []).filter((each) => (each.id ?? each.type) !== (author.id ?? author.type));
  put({ typing: { ...state.typing, [conversation]: on ? [...others, author] : others } });
  if (on) {
    const end = setTimeout(() => setTyping(conversation, author, false), TYPING_LASTS);
    typingEnds.set(name, end);
  }
}

/** Open the line for this session. Returns the way to close it. */
export function openLive(client: QueryClient, whenRefused: () => void): () => void {
  const address = new URL("/v1/live", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  let greeted = false;
  line = new LiveClient<LiveFrame>({
    url: address.href,
    start: (cursor) => ({ type: "start", cursor }),
    onConnection: (connection) => {
      put({ connection });
      if (connection === "online") outbox.resume();
      if (connection === "refused") whenRefused();
    },
    onFrame: (frame) => {
      if (frame.type === "hello") {
        setClock(frame.now);
        // What was fetched before the line stood may have missed an event.
        if (!greeted) void resync(client);
        greeted = true;
        line?.send({ type: "presence", state: document.hidden ? "away" : "online" });
      }
      hear(client, frame);
    },
  });
  const seen = (): void => {
    line?.send({ type: "presence", state: document.hidden ? "away" : "online" });
  };
  document.addEventListener("visibilitychange", seen);
  line.start();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    line?.stop();
    line = null;
  };
}

function hear(client: QueryClient, frame: LiveFrame): void {
  switch (frame.type) {
    case "event":
      applyEvent(client, frame.event);
      if (frame.event.type === "message.received" && frame.event.message) setTyping(frame.event.message.conversation_id, frame.event.message.author, false);
      break;
    case "resync":
      void resync(client);
      break;
    case "typing":
      setTyping(frame.conversation_id, frame.author, frame.state === "on");
      break;
    case "presence":
      put({ agents: frame.agents });
      break;
    case "viewing":
      put({ viewing: { ...state.viewing, [frame.conversation_id]: frame.agents } });
      break;
    default:
  }
}

/** Say that we write, or have stopped. Lost when offline, and that is fine. */
export function sayTyping(conversation: string, on: boolean): void {
  line?.send({ type: "typing", conversation_id: conversation, state: on ? "on" : "off" });
}

/** Say which conversation is on the screen. */
export function sayViewing(conversation: string | null): void {
  line?.send({ type: "view", conversation_id: conversation });
}
