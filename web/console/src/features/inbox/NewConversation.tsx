/** Write to somebody first: from which inbox, to whom; a mail with its subject and files, at once. */

import { explain, newKey, Problem, type Channel, type Conversation, type Inbox, type Message } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useRef, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { applyConversation } from "~/app/events.ts";
import { channelsQuery, inboxesQuery } from "~/app/queries.ts";
import { AttachFile, pasteFiles } from "~/features/composer/AttachFile.tsx";
import { FileChips } from "~/features/composer/FileChips.tsx";
import { useUploads } from "~/features/composer/files.ts";
import { undoSeconds } from "~/features/composer/held.ts";
import { addressIn, kindOf } from "~/features/contacts/addresses.ts";
import { capsOf } from "~/features/keys/keys.ts";
import { Button } from "~/ui/Button.tsx";
import { Dialog, DialogFoot } from "~/ui/Dialog.tsx";
import { Input, Select, Textarea } from "~/ui/Field.tsx";
import { DrawnKbd } from "~/ui/small.tsx";
import { keepMessage, keptMessage, type NewMessage } from "./new-message.ts";
import styles from "./new.module.css";

export function NewConversation({ onClose }: { onClose: () => void }): ReactNode {
  const { data: inboxes } = useQuery(inboxesQuery);
  const { data: channels } = useQuery(channelsQuery);
  const [message, setMessage] = useState(keptMessage);
  // The fields may come after the dialog, and again with another channel: only the first time they get the focus.
  const focused = useRef(false);
  const focus = useCallback((field: HTMLInputElement | null) => {
    if (!field || focused.current) return;
    focused.current = true;
    field.focus();
  }, []);
  const usable = inboxes?.filter((inbox) => inbox.channel !== "webchat" && kindOf(channels?.find((each) => each.slug === inbox.channel))) ?? [];
  const inbox = usable.find((each) => each.id === message.inboxId) ?? usable[0];
  const channel = channels?.find((each) => each.slug === inbox?.channel);
  const change = (part: Partial<NewMessage>): void => {
    setMessage((old) => {
      const next = { ...old, ...part };
      keepMessage(next);
      return next;
    });
  };
  return (
    <Dialog title="New message" opened onClose={onClose} width={channel && writesMails(channel) ? 640 : undefined}>
      {usable.length === 0 && inboxes && channels ? (
        <p className="meta">No inbox can start a conversation yet. Visitors of the web chat write first; connect another channel in Settings.</p>
      ) : (
        <>
          <Select label="From" value={inbox?.id ?? ""} onChange={(event) => change({ inboxId: event.target.value })}>
            {usable.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </Select>
          {inbox && channel ? <Form key={inbox.channel} inbox={inbox} channel={channel} message={message} focus={focus} onChange={change} onClose={onClose} /> : null}
        </>
      )}
    </Dialog>
  );
}

function writesMails(channel: Channel): boolean {
  return channel.capabilities.kinds_out.includes("email");
}

interface FormProps {
  inbox: Inbox;
  channel: Channel;
  message: NewMessage;
  focus: (field: HTMLInputElement | null) => void;
  onChange: (part: Partial<NewMessage>) => void;
  onClose: () => void;
}

/** Sends a mail, or only opens the conversation where its thread is the place to write. */
function useStart({ inbox, channel, message, onClose }: FormProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key, setKey] = useState(newKey);
  const [keyOf, setKeyOf] = useState("");
  const mail = writesMails(channel);
  const scheme = kindOf(channel)?.scheme ?? "";
  return useMutation({
    mutationFn: async (): Promise<Conversation> => {
      // A changed letter is another one; the same letter tried again is the same.
      const written = JSON.stringify([inbox.id, message]);
      const idempotencyKey = written === keyOf ? key : newKey();
      setKey(idempotencyKey);
      setKeyOf(written);
      const name = message.name.trim() ? { name: message.name.trim() } : {};
      if (!mail) {
        const address = addressIn(scheme, message.to);
        return http.post<Conversation>("/v1/conversations", { body: { inbox_id: inbox.id, contact: { ...name, addresses: [{ scheme, address }] } }, idempotencyKey });
      }
      const content = {
        kind: "email",
        subject: message.subject.trim(),
        text: message.text.trim(),
        ...(message.files.length ? { attachments: message.files.map((file) => ({ attachment_id: file.id, mime: file.mime, filename: file.filename, size: file.size })) } : {}),
      };
      const hold = undoSeconds(inbox, channel.capabilities);
      const sent = await http.post<Message>("/v1/messages", { body: { to: `${scheme}:${message.to.trim()}`, inbox_id: inbox.id, ...name, content, ...(hold ? { hold_seconds: hold } : {}) }, idempotencyKey });
      return http.get<Conversation>(`/v1/conversations/${sent.conversation_id}`);
    },
    onSuccess: async (conversation) => {
      keepMessage(null);
      applyConversation(client, conversation);
      onClose();
      await navigate({ to: "/inbox/$view/{-$conversationId}", params: { view: "all", conversationId: conversation.id }, search: {} });
    },
  });
}

function Form(props: FormProps): ReactNode {
  const { channel, message, focus, onChange, onClose } = props;
  const mail = writesMails(channel);
  const kind = kindOf(channel);
  const start = useStart(props);
  const uploads = useUploads(channel.capabilities, (file) => onChange({ files: [...keptMessage().files, file] }));
  const problem = start.error instanceof Problem ? start.error : null;
  const addressError = problem?.of("to") ?? (mail ? null : (problem?.errors[0]?.message ?? null));
  const written = !mail || (message.subject.trim() !== "" && message.text.trim() !== "");
  const ready = message.to.trim() !== "" && written && !uploads.uploading.some((each) => !each.error);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !start.isPending) start.mutate();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.currentTarget.requestSubmit();
      }}
    >
      <div className={styles.two}>
        <Input ref={focus} label={kind?.label ?? "Address"} value={message.to} placeholder={kind?.placeholder} required data-autofocus autoComplete="off" error={addressError} onChange={(event) => onChange({ to: event.target.value })} />
        <Input label="Name" placeholder="If they are new to you" value={message.name} autoComplete="off" onChange={(event) => onChange({ name: event.target.value })} />
      </div>
      {mail ? (
        <>
          <Input label="Subject" value={message.subject} required autoComplete="off" error={problem?.of("content.subject")} onChange={(event) => onChange({ subject: event.target.value })} />
          <Textarea
            label="Message"
            rows={9}
            value={message.text}
            required
            onChange={(event) => onChange({ text: event.target.value })}
            onPaste={(event) => pasteFiles(event, uploads)}
          />
          <FileChips files={message.files} uploads={uploads} onRemove={(file) => onChange({ files: message.files.filter((each) => each.id !== file) })} />
        </>
      ) : null}
      {start.error && !addressError ? (
        <p className="red" role="alert">
          {explain(start.error)}
        </p>
      ) : null}
      <DialogFoot>
        {mail ? <AttachFile uploads={uploads} worded className={styles.attach} /> : null}
        <Button onClick={onClose}>{mail ? "Keep for later" : "Cancel"}</Button>
        <Button type="submit" look="go" busy={start.isPending} disabled={!ready}>
          {mail ? "Send" : "Start conversation"}
          {mail ? <DrawnKbd keys={capsOf("mod+Enter")[0]?.join(" ") ?? ""} /> : null}
        </Button>
      </DialogFoot>
    </form>
  );
}
