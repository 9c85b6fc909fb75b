/** Where an agent writes: reply or note, files, canned responses, emoji; templates when the window is closed. */

import { fullTime, reachText, timeLeft, type Capabilities, type CannedResponse, type Conversation, type Inbox, type Message, type ReplyTo, type TemplateContent } from "@frontdesk/shared";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useId, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from "react";
import { outbox } from "~/app/outbox.ts";
import { canSendQuery, cannedQuery, inboxesQuery } from "~/app/queries.ts";
import { Button, IconButton, iconButtonClass } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { ChannelGlyph, useChannelName } from "~/ui/Channel.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Popup } from "~/ui/Popup.tsx";
import { DrawnKbd } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import { capsOf } from "~/features/keys/keys.ts";
import { writeMessage } from "~/features/inbox/new-message.ts";
import { makeActions } from "~/features/thread/actions.ts";
import { AttachFile, pasteFiles } from "./AttachFile.tsx";
import { CannedDialog } from "./CannedDialog.tsx";
import { CannedList } from "./CannedList.tsx";
import { findCanned, plainText, slashOf } from "./canned.ts";
import styles from "./composer.module.css";
import { useDraft, type Mode } from "./drafts.ts";
import { EmojiPanel } from "./EmojiPanel.tsx";
import { findEmoji } from "./emoji.ts";
import { EmojiList } from "./EmojiList.tsx";
import { FileChips } from "./FileChips.tsx";
import { contentsOf, useUploads } from "./files.ts";
import { HeldBar } from "./HeldBar.tsx";
import { undoSeconds, type TakenBack } from "./held.ts";
import { TemplatePicker } from "./TemplatePicker.tsx";
import { useColon } from "./useColon.ts";
import { useSayTyping } from "./useSayTyping.ts";

export interface ComposerHandle {
  focus: (mode: Mode) => void;
  replyTo: (reply: ReplyTo) => void;
  attach: (files: File[]) => void;
  send: () => void;
}

interface ComposerProps {
  ref: Ref<ComposerHandle>;
  conversation: Conversation;
  capabilities: Capabilities | undefined;
  lastSeq: number;
  messages: readonly Message[];
  ownId: string;
}

const NO_INBOXES: readonly Inbox[] = [];

export function Composer({ ref, conversation, capabilities, lastSeq, messages, ownId }: ComposerProps): ReactNode {
  const { id } = conversation;
  const [draft, change] = useDraft(id);
  const box = useRef<HTMLTextAreaElement>(null);
  const uploads = useUploads(capabilities, (file) => change((old) => ({ files: [...old.files, file] })));
  const canned = useQuery(cannedQuery);
  const { data: inboxes = NO_INBOXES } = useQuery(inboxesQuery);
  const hold = undoSeconds(inboxes.find((inbox) => inbox.id === conversation.inbox.id), capabilities);
  const [chosen, setChosen] = useState(0);
  const [response, setResponse] = useState<CannedResponse | null>(null);
  const [picking, setPicking] = useState(false);
  const list = useId();
  const now = useNow();
  const typing = useSayTyping(id);

  const note = draft.mode === "note";
  const { data: policy } = useQuery(canSendQuery(conversation));
  const closed = !note && (!conversation.can_send_text || conversation.status === "resolved" || policy?.free === false);
  const text = note ? draft.note : draft.reply;
  const left = timeLeft(conversation.window_closes_at, now);
  const setText = useCallback((value: string) => change(note ? { note: value } : { reply: value }), [change, note]);
  const slash = note || closed ? null : slashOf(text);
  const suggestions = slash === null ? [] : findCanned(canned.data ?? [], slash).slice(0, 8);
  const colon = useColon(box, text, setText);
  const listed = slash !== null ? suggestions.length : colon.found.length;
  const most = capabilities?.max_text ?? 65_536;
  const tooLong = !note && text.length > most;
  const uploadsOpen = uploads.uploading.some((each) => !each.error);
  const ready = (text.trim().length > 0 || (!note && draft.files.length > 0)) && !tooLong && !(uploadsOpen && !note);

  const send = (): void => {
    if (!ready || (slash !== null && suggestions.length > 0)) return;
    const body = text.trim();
    if (note) {
      outbox.add(id, { direction: "note", content: { kind: "text", body } }, lastSeq);
      change({ note: "" });
    } else {
      contentsOf(body, draft.files, capabilities).forEach((content, at) => {
        outbox.add(id, { content, reply_to_id: at === 0 ? (draft.replyTo?.id ?? null) : null, ...(hold ? { hold_seconds: hold } : {}) }, lastSeq);
      });
      change({ reply: "", replyTo: null, files: [] });
      typing(false);
    }
    box.current?.focus();
  };

  const focus = (mode: Mode): void => {
    change({ mode });
    requestAnimationFrame(() => box.current?.focus());
  };
  /** A new mail goes back to where it was written; an answer into the box, before what was begun since. */
  const takeBack = (words: TakenBack): void => {
    if (words.subject !== null) {
      writeMessage({ inboxId: conversation.inbox.id, to: conversation.contact.address, name: conversation.contact.name ?? "", subject: words.subject, text: words.text, files: words.files });
      return;
    }
    change((old) => ({ reply: [words.text, old.reply].filter(Boolean).join("\n\n"), replyTo: words.replyTo ?? old.replyTo, files: [...words.files, ...old.files] }));
    focus("reply");
  };
  useImperativeHandle(ref, () => ({
    focus,
    send,
    replyTo: (replyTo) => {
      change({ replyTo });
      focus("reply");
    },
    attach: (list) => {
      focus("reply");
      uploads.add(list);
    },
  }));

  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${String(Math.min(area.scrollHeight, Math.round(innerHeight * 0.42)))}px`;
  }, [text, draft.mode, closed]);

  const choose = (picked: CannedResponse): void => {
    const plain = plainText(picked);
    if (plain !== null) setText(plain);
    else {
      setText("");
      setResponse(picked);
    }
    setChosen(0);
  };

  const insert = (emoji: string): void => {
    const area = box.current;
    const at = area?.selectionStart ?? text.length;
    const until = area?.selectionEnd ?? at;
    setText(text.slice(0, at) + emoji + text.slice(until));
    setPicking(false);
    requestAnimationFrame(() => {
      area?.focus();
      area?.setSelectionRange(at + emoji.length, at + emoji.length);
    });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (slash === null && colon.takes(event)) return;
    if (slash !== null && suggestions.length > 0) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        setChosen((old) => (old + (event.key === "ArrowDown" ? 1 : suggestions.length - 1)) % suggestions.length);
        return;
      }
      const picked = suggestions[chosen] ?? suggestions[0];
      if ((event.key === "Enter" || event.key === "Tab") && picked) {
        event.preventDefault();
        choose(picked);
        return;
      }
    }
    if (event.key === "Escape") {
      event.preventDefault();
      if (slash !== null) setText("");
      else if (draft.replyTo) change({ replyTo: null });
      else event.currentTarget.blur();
    }
  };

  const write = (value: string): void => {
    setText(withEmoji(value));
    if (!note) typing(value.trim().length > 0);
  };

  const channel = useChannelName(conversation.inbox.channel);
  return (
    <section className={classes(styles.composer, note && styles.note)} aria-label="Composer">
      <HeldBar messages={messages} ownId={ownId} empty={text === ""} onTakenBack={takeBack} />
      <div className={styles.tabs}>
        <div role="tablist" aria-label="What to write" className={styles.tablist}>
          {(["reply", "note"] as const).map((mode) => (
            <button key={mode} type="button" role="tab" aria-selected={draft.mode === mode} tabIndex={draft.mode === mode ? 0 : -1} onClick={() => focus(mode)} onKeyDown={(event) => (event.key === "ArrowLeft" || event.key === "ArrowRight") && focus(mode === "reply" ? "note" : "reply")}>
              {mode === "reply" ? "Reply" : "Note"}
            </button>
          ))}
        </div>
        {note ? (
          <span className={styles.left}>
            <Icon name="lock" size={12} />
            Only your team sees it
          </span>
        ) : left && conversation.can_send_text ? (
          <span className={styles.left} title={`Free text until ${fullTime(conversation.window_closes_at)}`}>
            <Icon name="clock" size={12} />
            {left} left
          </span>
        ) : null}
      </div>
      {closed ? (
        <Closed conversation={conversation} onTemplate={(content) => outbox.add(id, { content, prefer_text: true }, lastSeq)} />
      ) : (
        <>
          {note ? null : (
            <p className={styles.address}>
              <ChannelGlyph channel={conversation.inbox.channel} />
              <span className="one">
                From <b>{conversation.inbox.name}</b> to <b className="num" title={conversation.contact.address}>{reachText(conversation.contact)}</b>
              </span>
            </p>
          )}
          {!note && policy?.warning ? (
            <p className={styles.address} role="note">
              <Icon name="alert" size={12} className="amber" />
              <span>{policy.warning}</span>
            </p>
          ) : null}
          {!note && draft.replyTo ? (
            <p className={styles.replyTo}>
              <span className="one grow">
                <b>{draft.replyTo.author_name ?? "Message"}</b> {draft.replyTo.preview}
              </span>
              <IconButton icon="x" size="small" label="Do not quote" onClick={() => change({ replyTo: null })} />
            </p>
          ) : null}
          {slash !== null ? <CannedList id={list} responses={suggestions} chosen={Math.min(chosen, suggestions.length - 1)} loading={canned.isPending} onChoose={choose} /> : null}
          {slash === null && colon.found.length ? <EmojiList id={list} colon={colon} /> : null}
          <textarea
            ref={box}
            rows={2}
            className={styles.box}
            aria-label={note ? "Note" : "Reply"}
            placeholder={note ? "Write a note to your team. : for emoji" : "Write a reply. / for canned responses, : for emoji"}
            value={text}
            onChange={(event) => {
              colon.moveTo(event.target.selectionStart);
              write(event.target.value);
            }}
            onKeyDown={onKeyDown}
            onPaste={(event) => !note && pasteFiles(event, uploads)}
            onBlur={() => typing(false)}
            aria-invalid={tooLong || undefined}
            aria-autocomplete="list"
            aria-controls={slash !== null || listed ? list : undefined}
            aria-activedescendant={listed ? `${list}-${String(slash !== null ? chosen : colon.chosen)}` : undefined}
          />
          {note ? null : <FileChips files={draft.files} uploads={uploads} onRemove={(file) => change({ files: draft.files.filter((each) => each.id !== file) })} />}
          <div className={styles.tools}>
            {note ? null : (
              <>
                <AttachFile uploads={uploads} />
                <IconButton
                  icon="slash"
                  label="Canned responses"
                  keys="/"
                  onClick={() => {
                    setText("/");
                    box.current?.focus();
                  }}
                />
              </>
            )}
            <Popup label="Emoji" opened={picking} onChange={setPicking} side="top-start" target={
              <button type="button" className={iconButtonClass} aria-label="Emoji" title="Emoji" onClick={() => setPicking(!picking)}>
                <Icon name="smile" />
              </button>
            }>
              <EmojiPanel onPick={insert} />
            </Popup>
            {tooLong ? (
              <span className={styles.tooLong} role="alert">
                {text.length - most} characters too many for {channel}
              </span>
            ) : null}
            <Button look="go" size="small" className={styles.send} disabled={!ready} onClick={send} aria-label={note ? "Add note" : "Send"}>
              {note ? "Add note" : "Send"}
              <DrawnKbd keys={capsOf("mod+Enter")[0]?.join(" ") ?? ""} />
            </Button>
          </div>
        </>
      )}
      {response ? <CannedDialog conversation={id} contactName={conversation.contact.name} response={response} onClose={() => setResponse(null)} /> : null}
    </section>
  );
}

/** `:thumbs:` becomes the emoji when only one fits exactly. */
function withEmoji(value: string): string {
  return value.replace(/(^|\s):([a-z_]{2,}):$/, (whole, before: string, name: string) => {
    const found = findEmoji(name.replaceAll("_", " "))[0];
    return found ? before + found.char : whole;
  });
}

interface ClosedProps {
  conversation: Conversation;
  onTemplate: (content: TemplateContent) => void;
}

/** Why nothing can be written here, and what can be done instead, in the server's words. */
function Closed({ conversation, onTemplate }: ClosedProps): ReactNode {
  const client = useQueryClient();
  const { data: policy } = useQuery(canSendQuery(conversation));
  const name = conversation.contact.name ?? "the customer";
  if (conversation.status === "resolved") {
    return (
      <div className={styles.why}>
        <Icon name="check" />
        <p className="grow">
          <strong>This conversation is resolved.</strong> Reopen it to write; a message of {name} opens it, too.
        </p>
        <Button size="small" onClick={() => void makeActions(client, conversation).reopen()}>
          Reopen
        </Button>
      </div>
    );
  }
  return (
    <>
      <div className={styles.why}>
        <Icon name="clock" className="amber" />
        <p>
          <strong title={conversation.window_closes_at ? `The reply window closed on ${fullTime(conversation.window_closes_at)}` : undefined}>
            {policy?.reason ?? "The reply window is closed."}
          </strong>{" "}
          {policy?.cure}
        </p>
      </div>
      {policy?.templates ? <TemplatePicker inboxId={conversation.inbox.id} offers={policy.offers} onSend={onTemplate} /> : null}
    </>
  );
}
