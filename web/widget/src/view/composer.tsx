/* Where the visitor writes: grows with the text, takes pasted and dropped files, keeps a draft. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Session } from "../session";
import { words } from "../words";
import { summary } from "./announcer";
import { Icon } from "./icons";

export function Composer({ session }: { session: Session }) {
  const { state } = session;
  const [text, setText] = useState<string>(() => session.memory.get("draft") ?? "");
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  useLayoutEffect(() => {
    const box = area.current!;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
  }, [text]);

  useEffect(() => {
    if (state.replyTo) area.current!.focus();
  }, [state.replyTo]);

  const write = (value: string) => {
    setText(value);
    session.memory.set("draft", value || null);
  };
  const send = () => {
    const body = text.trim();
    if (!body) return;
    write("");
    session.say({ kind: "text", body });
    area.current?.focus();
  };
  const pasted = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    files.forEach((file) => session.sendFile(file));
  };

  const { replyTo } = state;
  return (
    <>
    {replyTo && (
      <div class="about">
        <div class="quote grow">
          <b>{replyTo.direction === "incoming" ? words.you : replyTo.author.name ?? state.inbox?.name}</b>
          <span>{summary(replyTo.content)}</span>
        </div>
        <button class="ib" aria-label={words.unreply} onClick={() => session.answer(null)}>
          <Icon name="x" />
        </button>
      </div>
    )}
    <form
      class="in"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={area}
        rows={1}
        value={text}
        maxLength={65_536}
        aria-label={words.message}
        placeholder={state.status === "resolved" ? words.again : words.write}
        onInput={(event) => {
          write(event.currentTarget.value);
          session.type();
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
        onPaste={pasted}
      />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          for (const file of event.currentTarget.files ?? []) session.sendFile(file);
          event.currentTarget.value = "";
        }}
      />
      <button type="button" class="ib" aria-label={words.attach} onClick={() => picker.current?.click()}>
        <Icon name="clip" />
      </button>
      <button class="ib go" aria-label={words.send} aria-disabled={!text.trim()}>
        <Icon name="send" />
      </button>
    </form>
    </>
  );
}
