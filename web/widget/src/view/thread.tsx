/* The conversation: day dividers, messages grouped by author, ticks, quick replies, typing. */

import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Entry } from "../outbox";
import type { Message, Status } from "../protocol";
import type { Session } from "../session";
import { stillPending } from "../timeline";
import { localeOf, pick, words } from "../words";
import { isMedia } from "./announcer";
import { Body } from "./bubble";
import { Icon, type IconName } from "./icons";
import { openOffer, Replies } from "./replies";

const GROUP_MS = 5 * 60_000;

interface Line {
  key: string;
  mine: boolean;
  author: string;
  at: string;
  message?: Message;
  entry?: Entry;
}

export const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word[0])
    .slice(0, 2)
    .join("")
    .toUpperCase();

export const Face = ({ name }: { name: string }) => {
  let sum = 0;
  for (const letter of name) sum = (sum + letter.charCodeAt(0)) % 5;
  return (
    <span class={`face f${sum + 1}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
};

function toLines(messages: Message[], pending: Entry[], name: string): Line[] {
  return [
    ...messages.map((message) => ({
      key: message.id,
      mine: message.direction === "incoming",
      author: message.direction === "incoming" ? "" : (message.author.name ?? name),
      at: message.created_at,
      message,
    })),
    ...stillPending(messages, pending).map((entry) => ({
      key: entry.key,
      mine: true,
      author: "",
      at: entry.at,
      entry,
    })),
  ];
}

function dayName(at: string, session: Session): string {
  const day = new Date(at);
  const midnight = new Date().setHours(0, 0, 0, 0);
  const age = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (age === 0) return words.today;
  if (age === 1) return words.yesterday;
  return day.toLocaleDateString(localeOf(session.settings.language), {
    weekday: age < 7 ? "long" : undefined,
    day: "numeric",
    month: "long",
  });
}

function Tick({ status }: { status: Status | "wait" | null | undefined }) {
  const [icon, word]: [IconName, string] =
    status === "wait"
      ? ["clock", words.wait]
      : status === "read"
        ? ["checks", words.read]
        : status === "delivered"
          ? ["checks", words.delivered]
          : ["check", words.sent];
  return (
    <span class={`tick ${status}`}>
      <Icon name={icon} />
      <span class="vh">{word}</span>
    </span>
  );
}

function Quote({ message }: { message: Message }) {
  const quoted = message.reply_to;
  if (!quoted?.preview) return null;
  const jump = () => {
    const target = (document.getElementById("frontdesk")?.shadowRoot ?? document).getElementById(
      `m-${quoted.id}`,
    );
    target?.scrollIntoView({ block: "center" });
  };
  return (
    <button class="quote" onClick={jump}>
      <b>{quoted.author_name ?? words.you}</b>
      {quoted.preview}
    </button>
  );
}

function Reactions({ message }: { message: Message }) {
  const counts = new Map<string, number>();
  for (const { emoji } of message.reactions ?? []) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  if (!counts.size) return null;
  return (
    <span class="rx">{[...counts].map(([emoji, n]) => (n > 1 ? `${emoji} ${n}` : emoji)).join(" ")}</span>
  );
}

function Bubble({ line, session }: { line: Line; session: Session }) {
  const { message, entry } = line;
  const [waiting] = useState(() => (entry?.upload ? session.fileOf(entry.key) : undefined));
  const content = message?.content ?? entry!.content;
  if (message?.deleted_at) {
    return (
      <div class="bub void">
        <i>{words.deleted}</i>
      </div>
    );
  }
  const media =
    isMedia(content) && (content.kind === "image" || content.kind === "video" || content.kind === "sticker");
  return (
    <>
      <div
        id={message && `m-${message.id}`}
        class={`bub ${media ? "media" : ""} ${entry ? (entry.error !== undefined ? "bad" : "wait") : ""}`}
      >
        {message && <Quote message={message} />}
        <Body content={content} session={session} waiting={waiting} />
        {entry?.upload && entry.error === undefined && (
          <progress max={1} value={entry.progress} aria-label={words.send} />
        )}
        {message && session.canAnswer(message) && (
          <button class="ib re" aria-label={words.reply} title={words.reply} onClick={() => session.answer(message)}>
            <Icon name="reply" />
          </button>
        )}
      </div>
      {message && <Reactions message={message} />}
      {entry?.error !== undefined && (
        <p class="mt fail" role="alert">
          <Icon name="alert" />
          {entry.error || (entry.upload ? words.gone : words.failed)}
          <button onClick={() => session.retry(entry.key)}>{words.retry}</button>
          <button onClick={() => session.drop(entry.key)}>{words.remove}</button>
        </p>
      )}
    </>
  );
}

function Group({
  lines,
  session,
  name,
  offer,
}: {
  lines: Line[];
  session: Session;
  name: boolean;
  offer: Message | undefined;
}) {
  const first = lines[0]!;
  const last = lines.at(-1)!;
  const time = new Date(last.at).toLocaleTimeString(localeOf(session.settings.language), { timeStyle: "short" });
  const error = last.entry?.error !== undefined;
  return (
    <div class={first.mine ? "g out" : "g"}>
      {!first.mine && <Face name={first.author} />}
      {!first.mine && <p class={name ? "who" : "vh"}>{first.author}</p>}
      <div class="st">
        {first.mine && <span class="vh">{words.you}</span>}
        {lines.map((line) => (
          <Fragment key={line.key}>
            <Bubble line={line} session={session} />
            {offer && line.message === offer && <Replies message={offer} session={session} />}
          </Fragment>
        ))}
        {!error && (
          <p class="mt">
            {last.message?.edited_at && `${words.edited} · `}
            <time dateTime={last.at}>{time}</time>
            {first.mine && <Tick status={last.entry ? "wait" : last.message?.status} />}
          </p>
        )}
      </div>
    </div>
  );
}

/** Neighbours by one author within five minutes and one day stand together. */
function groups(lines: Line[]): Line[][] {
  const all: Line[][] = [];
  for (const line of lines) {
    const group = all.at(-1);
    const last = group?.at(-1);
    const together =
      last?.author === line.author &&
      last.mine === line.mine &&
      Date.parse(line.at) - Date.parse(last.at) < GROUP_MS &&
      new Date(line.at).toDateString() === new Date(last.at).toDateString();
    if (together) group!.push(line);
    else all.push([line]);
  }
  return all;
}

export function Thread({ session }: { session: Session }) {
  const { state, settings } = session;
  const flow = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const lines = toLines([...state.past, ...state.messages], state.pending, state.inbox?.name ?? "");
  const mine = lines.filter((line) => line.mine).length;
  const greeting = pick(state.inbox?.greeting, settings.language) || words.hello;
  const lastKey = lines.at(-1)?.key;

  const scrolled = () => {
    const box = flow.current!;
    setAway(box.scrollTop < -80);
    if (box.scrollHeight + box.scrollTop - box.clientHeight < 120) void session.loadOlder();
  };
  const toEnd = () => {
    flow.current!.scrollTop = 0;
  };
  useEffect(toEnd, [mine]);
  useEffect(() => {
    if (!away) session.read();
  }, [lastKey, away]);

  let day = "";
  let author = "";
  const grouped = groups(lines);
  const offer = openOffer(lines, session);
  return (
    <div class="wrap">
      <div class="flow" ref={flow} onScroll={scrolled} tabIndex={0} role="region" aria-label={words.messages}>
        <div class="msgs">
          {state.loading && <p class="meta">{words.earlier}</p>}
          {!state.older &&
            !lines.some((line) => line.message?.direction === "outgoing" && line.message.seq <= 1) && (
              <div class="g">
                <Face name={state.inbox?.name ?? ""} />
                <div class="st">
                  <div class="bub">{greeting}</div>
                </div>
              </div>
            )}
          {grouped.map((group) => {
            const first = group[0]!;
            const name = dayName(first.at, session);
            const divider = name !== day && <div class="day">{(day = name)}</div>;
            const named = !first.mine && first.author !== author;
            author = first.mine ? author : first.author;
            return (
              <div key={first.key}>
                {divider}
                <Group lines={group} session={session} name={named} offer={offer} />
              </div>
            );
          })}
          {state.typing !== null && (
            <div class="typing">
              <span class="dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
              {words.typing(state.typing || words.someone)}
            </div>
          )}
        </div>
      </div>
      {away && (
        <button class="jump" aria-label={words.latest} onClick={toEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}
