/** Where you write as the phone's owner: words, a file of your own, or one of the ready-made things. */

import { useRef, useState, type ReactNode } from "react";
import { IconButton } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Menu, MenuDivider, MenuItem } from "~/ui/Menu.tsx";
import { toastError } from "~/ui/toasts.tsx";
import { briefly } from "./bodies.ts";
import styles from "./phones.module.css";
import { act, uploadMedia, type Action, type Phone, type PhoneMessage } from "./play.ts";
import { CARD, PIN, PLACE } from "./samples.ts";

interface ComposerProps {
  phone: Phone;
  replyTo: PhoneMessage | null;
  editing: PhoneMessage | null;
  onDone: () => void;
}

export function PhoneComposer({ phone, replyTo, editing, onDone }: ComposerProps): ReactNode {
  const [text, setText] = useState("");
  const picker = useRef<HTMLInputElement>(null);
  const first = phone.name.split(" ")[0] ?? phone.name;
  const about = editing ?? replyTo;

  const send = async (action: Action): Promise<void> => {
    onDone();
    try {
      await act(phone, replyTo ? { ...action, reply_to: replyTo.id } : action);
    } catch (error) {
      toastError(error, `${first}'s message was not sent.`);
    }
  };
  const sendText = (): void => {
    const words = text.trim();
    if (!words) return;
    setText("");
    void send(editing ? { type: "edit", message_id: editing.id, text: words } : { type: "text", text: words });
  };
  const sendFile = async (file: File): Promise<void> => {
    try {
      const media_id = await uploadMedia(file);
      const family = file.type.split("/")[0] ?? "";
      const type = ["image", "audio", "video"].includes(family) ? family : "document";
      await send({ type, media_id, ...(type === "document" ? { filename: file.name } : {}) });
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
      <form
        className={styles.composer}
        onSubmit={(event) => {
          event.preventDefault();
          sendText();
        }}
      >
        <Menu label="Send something" side="top-start" width={208} target={<IconButton icon="plus" label={`Send something as ${first}`} />}>
          <MenuItem icon="image" onSelect={() => void send({ type: "image" })}>
            Photo
          </MenuItem>
          <MenuItem icon="play" onSelect={() => void send({ type: "voice" })}>
            Voice message
          </MenuItem>
          <MenuItem icon="video" onSelect={() => void send({ type: "video" })}>
            Video
          </MenuItem>
          <MenuItem icon="file" onSelect={() => void send({ type: "document" })}>
            Document
          </MenuItem>
          <MenuItem icon="smile" onSelect={() => void send({ type: "sticker" })}>
            Sticker
          </MenuItem>
          <MenuDivider />
          <MenuItem icon="pin" onSelect={() => void send(PIN)}>
            Location: a pin
          </MenuItem>
          <MenuItem icon="pin" onSelect={() => void send(PLACE)}>
            Location: a place
          </MenuItem>
          <MenuItem icon="user" onSelect={() => void send(CARD)}>
            Contact card
          </MenuItem>
          <MenuDivider />
          <MenuItem icon="clip" onSelect={() => picker.current?.click()}>
            A file of yours
          </MenuItem>
        </Menu>
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
            if (!file) return;
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
