/* The open chat: header, banner, conversation, composer. Keeps the focus inside while it fills the screen. */

import { useEffect, useRef, useState } from "preact/hooks";

import css from "../panel.css?inline";
import type { Session } from "../session";
import { sheet } from "../sheet";
import { speak, words } from "../words";
import { Announcer } from "./announcer";
import { Composer } from "./composer";
import { Icon } from "./icons";
import { Face, Thread } from "./thread";

/** What the panel needs before it can be shown: its style and the words of the page's language. */
export async function prepare(root: ShadowRoot, language: string): Promise<void> {
  root.adoptedStyleSheets.push(sheet(css));
  await speak(language);
}

function Head({ session }: { session: Session }) {
  const { state } = session;
  const name = state.inbox?.name ?? "";
  const agent = state.messages.findLast((message) => message.author.type === "agent" && message.author.name)
    ?.author.name;
  const about =
    state.status === "resolved" ? words.resolved : state.inbox?.agents_online ? words.online : words.away;
  return (
    <header class="wh">
      <Face name={agent ?? name} />
      <div class="grow">
        <h2>{agent ? words.from(agent, name) : name}</h2>
        <p>{about}</p>
      </div>
      <button class="ib" aria-label={words.close} onClick={() => session.close()}>
        <Icon name="x" />
      </button>
    </header>
  );
}

export function Panel({ session, full }: { session: Session; full: boolean }) {
  const { state } = session;
  const panel = useRef<HTMLDivElement>(null);
  const [drop, setDrop] = useState(false);
  useEffect(() => {
    if (state.byHand) panel.current?.querySelector("textarea")?.focus();
  }, []);

  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (state.replyTo) session.answer(null);
      else session.close();
      return;
    }
    if (event.key !== "Tab" || !full) return;
    const stops = [
      ...panel.current!.querySelectorAll<HTMLElement>("a, button, textarea, audio, video, [tabindex]"),
    ];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if ((panel.current!.getRootNode() as ShadowRoot).activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  };
  const dragged = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    setDrop(true);
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setDrop(false);
    for (const file of event.dataTransfer?.files ?? []) session.sendFile(file);
  };
  const banner = !state.online
    ? words.lost
    : state.line === "broken"
      ? words.trouble
      : state.tooBig
        ? words.big
        : "";
  return (
    <div
      ref={panel}
      id="panel"
      class="pan"
      role="dialog"
      aria-modal={full}
      aria-label={words.chat(state.inbox?.name ?? "")}
      onKeyDown={pressed}
      onDragOver={dragged}
      onDragLeave={() => setDrop(false)}
      onDrop={dropped}
    >
      <Head session={session} />
      {banner && (
        <p class="banner" role="status">
          {banner}
        </p>
      )}
      <Thread session={session} />
      <Composer session={session} />
      <Announcer session={session} />
      {drop && <div class="drop">{words.drop}</div>}
    </div>
  );
}
