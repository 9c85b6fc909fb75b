/** Where you write as the phone's owner: words, a file of your own, or one of the ready-made things. */

import { useRef, useState, type ReactNode } from "react";
import { IconButton } from "~/ui/Button.tsx";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { Menu, MenuDivider, MenuItem } from "~/ui/Menu.tsx";
import { toastError } from "~/ui/toasts.tsx";
import { briefly } from "./looks.ts";
import styles from "./phones.module.css";
import { act, uploadMedia, type Abilities, type Action, type Phone, type PhoneMessage } from "./play.ts";
import { CARD, PIN, PLACE } from "./samples.ts";

const FILES = ["image", "audio", "video", "document"];
const THINGS: { kind: string; icon: IconName; label: string; action: Action }[] = [
  { kind: "image", icon: "image", label: "Photo", action: { type: "image" } },
  { kind: "voice", icon: "play", label: "Voice message", action: { type: "voice" } },
  { kind: "video", icon: "video", label: "Video", action: { type: "video" } },
  { kind: "document", icon: "file", label: "Document", action: { type: "document" } },
  { kind: "sticker", icon: "smile", label: "Sticker", action: { type: "sticker" } },
  { kind: "location", icon: "pin", label: "Location: a pin", action: PIN },
  { kind: "location", icon: "pin", label: "Location: a place", action: PLACE },
  { kind: "contacts", icon: "user", label: "Contact card", action: CARD },
];

const takesFiles = (can: Abilities): boolean => FILES.some((kind) => can.kinds.includes(kind));

interface ComposerProps {
  phone: Phone;
  can: Abilities;
  replyTo: PhoneMessage | null;
  editing: PhoneMessage | null;
  onDone: () => void;
}

export function PhoneComposer({ phone, can, replyTo, editing, onDone }: ComposerProps): ReactNode {
  const [text, setText] = useState("");
  const [subject, setSubject] = useState("");
  const picker = useRef<HTMLInputElement>(null);
  const first = phone.name.split(" ")[0] ?? phone.name;
  const about = editing ?? replyTo;
  const answers = phone.messages.some(({ from }) => from === "business");

  const send = async (action: Action): Promise<void> => {
    onDone();
    try {
      await act(phone, replyTo ? { ...action, reply_to: replyTo.id } : action);
    } catch (error) {
      toastError(error, `${first}'s message was not sent.`);
    }
  };
  /** The subject that stands there, for one message. */
  const titled = (): { subject?: string } => {
    setSubject("");
    return can.subject && !about && subject.trim() ? { subject: subject.trim() } : {};
  };
  const sendText = (): void => {
    const words = text.trim();
    if (!words) return;
    setText("");
    void send(editing ? { type: "edit", message_id: editing.id, text: words } : { type: "text", text: words, ...titled() });
  };
  const sendFile = async (file: File): Promise<void> => {
    try {
      const family = file.type.split("/")[0] ?? "";
      const type = [family, "document", ...FILES].find((kind) => FILES.includes(kind) && can.kinds.includes(kind)) ?? "document";
      const media_id = await uploadMedia(phone.simulator, file);
      await send({ type, media_id, ...(type === "document" ? { filename: file.name } : {}), ...titled() });
    } catch (error) {
      toastError(error, "The file was not sent.");
    }
  };

  return (
    <>
      {about ? (
        <div className={styles.about}>
          <Icon name={editing ? "pen" : "reply"} />
          <span className="one grow">{briefly(about)}</span>
          <IconButton icon="x" label={editing ? "Stop editing" : "Do not reply to this"} size="small" onClick={onDone} />
        </div>
      ) : null}
      {can.subject && !about ? (
        <div className={styles.subject}>
          <input className={styles.input} value={subject} aria-label={`Subject as ${first}`} placeholder={answers ? "Subject, or none to answer" : "Subject"} onChange={(event) => setSubject(event.currentTarget.value)} />
        </div>
      ) : null}
      <form
        className={styles.composer}
        onSubmit={(event) => {
          event.preventDefault();
          sendText();
        }}
      >
        <Things can={can} label={`Send something as ${first}`} onSend={(action) => void send({ ...action, ...titled() })} onPick={() => picker.current?.click()} />
        <input
          ref={picker}
          type="file"
          hidden
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) void sendFile(file);
            event.currentTarget.value = "";
          }}
        />
        <input
          className={styles.input}
          value={text}
          aria-label={`Message as ${first}`}
          placeholder={editing ? "New words" : `Write as ${first}`}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && about) onDone();
          }}
          onPaste={(event) => {
            const [file] = event.clipboardData.files;
            if (!file || !takesFiles(can)) return;
            event.preventDefault();
            void sendFile(file);
          }}
        />
        <button type="submit" className={styles.send} aria-label={`Send as ${first}`} aria-disabled={!text.trim()}>
          <Icon name="send" />
        </button>
      </form>
    </>
  );
}

interface ThingsProps {
  can: Abilities;
  label: string;
  onSend: (action: Action) => void;
  onPick: () => void;
}

/** What can be sent with one click here; nothing where there are only words. */
function Things({ can, label, onSend, onPick }: ThingsProps): ReactNode {
  const things = THINGS.filter(({ kind }) => can.kinds.includes(kind));
  if (things.length === 0 && can.ready_made.length === 0) return null;
  return (
    <Menu label="Send something" side="top-start" width={208} target={<IconButton icon="plus" label={label} />}>
      {things.map((thing) => (
        <MenuItem key={thing.label} icon={thing.icon} onSelect={() => onSend(thing.action)}>
          {thing.label}
        </MenuItem>
      ))}
      {things.length > 0 && can.ready_made.length > 0 ? <MenuDivider /> : null}
      {can.ready_made.map((thing) => (
        <MenuItem key={thing.label} icon="zap" onSelect={() => onSend(thing.action)}>
          {thing.label}
        </MenuItem>
      ))}
      {takesFiles(can) ? <MenuDivider /> : null}
      {takesFiles(can) ? (
        <MenuItem icon="clip" onSelect={onPick}>
          A file of yours
        </MenuItem>
      ) : null}
    </Menu>
  );
}
