/** One message on a phone: its content, its ticks, and what its reader can do with it. */

import { clockTime, fileSize, phoneText } from "@frontdesk/shared";
import { useState, type ReactNode } from "react";
import { RichText } from "~/features/thread/RichText.tsx";
import { IconButton } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { Menu, MenuItem } from "~/ui/Menu.tsx";
import { Popup } from "~/ui/Popup.tsx";
import { bodyOf, briefly, isFile, linkOf, wordsOf, type CardBody, type FileBody, type PlaceBody } from "./bodies.ts";
import styles from "./phones.module.css";
import { mediaUrl, type PhoneMessage } from "./play.ts";

const REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

export interface BubbleActions {
  onReact: (message: PhoneMessage, emoji: string) => void;
  onReply: (message: PhoneMessage) => void;
  onEdit: (message: PhoneMessage) => void;
  onRevoke: (message: PhoneMessage) => void;
}

export function Bubble({ message, quoted, ...actions }: BubbleActions & { message: PhoneMessage; quoted?: PhoneMessage }): ReactNode {
  const mine = message.from === "customer";
  const wide = !message.deleted && ["image", "video", "location"].includes(message.type);
  return (
    <div className={classes(styles.line, mine && styles.mine)}>
      <div className={classes(styles.bubble, wide && styles.media, message.deleted && styles.gone)}>
        {quoted ? <span className={styles.quote}>{briefly(quoted)}</span> : null}
        {message.deleted ? <em>Message taken back</em> : <Content message={message} />}
      </div>
      {message.deleted ? null : <Tools message={message} mine={mine} {...actions} />}
      {message.reactions.length > 0 ? <span className={styles.reactions}>{message.reactions.map(({ emoji }) => emoji).join(" ")}</span> : null}
    </div>
  );
}

function Tools({ message, mine, onReact, onReply, onEdit, onRevoke }: BubbleActions & { message: PhoneMessage; mine: boolean }): ReactNode {
  const [reacting, setReacting] = useState(false);
  const own = message.reactions.find(({ from }) => from === "customer")?.emoji;
  return (
    <span className={styles.tools}>
      {mine ? (
        <Menu label="Your message" width={160} target={<IconButton icon="more" label="Your message" size="small" />}>
          {message.type === "text" ? (
            <MenuItem icon="pen" onSelect={() => onEdit(message)}>
              Edit
            </MenuItem>
          ) : null}
          <MenuItem icon="trash" onSelect={() => onRevoke(message)}>
            Take back
          </MenuItem>
        </Menu>
      ) : (
        <>
          <Popup
            label="Reactions"
            opened={reacting}
            onChange={setReacting}
            target={<IconButton icon="smilePlus" label="React" size="small" aria-expanded={reacting} onClick={() => setReacting(!reacting)} />}
          >
            <div className={styles.emoji}>
              {REACTIONS.map((emoji) => (
                <button
                  key={emoji}
                  type="button"
                  aria-pressed={emoji === own}
                  onClick={() => {
                    setReacting(false);
                    onReact(message, emoji === own ? "" : emoji);
                  }}
                >
                  {emoji}
                </button>
              ))}
            </div>
          </Popup>
          <IconButton icon="reply" label="Reply" size="small" onClick={() => onReply(message)} />
        </>
      )}
    </span>
  );
}

function Content({ message }: { message: PhoneMessage }): ReactNode {
  if (isFile(message)) return <FileContent type={message.type} body={bodyOf<FileBody>(message)} />;
  if (message.type === "location") return <Place body={bodyOf<PlaceBody>(message)} />;
  if (message.type === "contacts") return <Cards cards={bodyOf<CardBody[]>(message)} />;
  const { head, text, foot } = wordsOf(message);
  const link = linkOf(message);
  return (
    <>
      {head ? <strong className={styles.head}>{head}</strong> : null}
      <RichText text={text || "Message"} />
      {foot ? <span className={styles.foot}>{foot}</span> : null}
      {link ? (
        <a className={styles.cta} href={link.url} target="_blank" rel="noopener noreferrer">
          {link.label}
        </a>
      ) : null}
    </>
  );
}

function FileContent({ type, body }: { type: string; body: FileBody & { file_size?: number } }): ReactNode {
  const url = body.id ? mediaUrl(body.id) : body.link;
  const caption = body.caption ? (
    <p className={styles.caption}>
      <RichText text={body.caption} />
    </p>
  ) : null;
  if (!url) return caption ?? "File";
  if (type === "image" || type === "sticker")
    return (
      <>
        <img className={type === "sticker" ? styles.sticker : styles.picture} src={url} alt={body.caption ?? (type === "sticker" ? "Sticker" : "Photo")} />
        {caption}
      </>
    );
  if (type === "video")
    return (
      <>
        <video className={styles.picture} src={url} controls preload="metadata" aria-label="Video" />
        {caption}
      </>
    );
  if (type === "audio" || type === "voice") return <audio className={styles.sound} src={url} controls preload="metadata" aria-label="Voice message" />;
  return (
    <>
      <a className={styles.file} href={url} download={body.filename ?? ""}>
        <Icon name="file" size={20} />
        <span>
          {body.filename ?? "Document"}
          {body.file_size ? <span className="meta"> {fileSize(body.file_size)}</span> : null}
        </span>
      </a>
      {caption}
    </>
  );
}

function Place({ body }: { body: PlaceBody }): ReactNode {
  return (
    <>
      <svg className={styles.map} viewBox="0 0 272 104" aria-hidden="true">
        <rect width="272" height="104" fill="var(--n4)" />
        <path className={styles.water} d="M-10 92c60-22 96 2 150-10s80-30 142-26v60H-10z" />
        <path d="M10 8h40v22H10zM64 6h38v24H64zM118 12h40v20h-40zM172 6h34v24h-34zM218 4h44v22h-44z" fill="var(--n6)" opacity=".55" />
        <path d="M-5 38h290M57-5v76M110-5v74M165-5v58M211-5v50" stroke="var(--n1)" strokeWidth="6" fill="none" />
        <path d="M136 60c-8-8.500-12-14-12-19.500a12 12 0 0 1 24 0C148 46 144 51.500 136 60z" fill="var(--text)" />
        <circle cx="136" cy="40.500" r="4.500" fill="var(--surface)" />
      </svg>
      <p className={styles.caption}>
        <strong>{body.name ?? "Pin"}</strong>
        <br />
        {body.address ?? `${body.latitude.toFixed(4)}, ${body.longitude.toFixed(4)}`}
      </p>
    </>
  );
}

function Cards({ cards }: { cards: CardBody[] }): ReactNode {
  return cards.map((card, at) => (
    <span key={at} className={styles.card}>
      <Icon name="user" size={20} />
      <span>
        <strong>{card.name?.formatted_name ?? card.name?.first_name ?? "Contact"}</strong>
        <br />
        <span className="meta">{card.phones?.[0]?.phone ? phoneText(card.phones[0].phone) : (card.emails?.[0]?.email ?? card.org?.company)}</span>
      </span>
    </span>
  ));
}

/** The time, and on the customer's own messages how far they came. */
export function Stamp({ message }: { message: PhoneMessage }): ReactNode {
  const mine = message.from === "customer";
  const word = { sent: "Sent", delivered: "Delivered", read: "Read", failed: "Not sent" }[message.status];
  return (
    <p className={classes(styles.stamp, mine && styles.mine)}>
      {message.edited ? "edited " : null}
      <time dateTime={message.at}>{clockTime(message.at)}</time>
      {mine ? (
        <span className={message.status === "read" ? styles.read : undefined} title={word}>
          <Icon name={message.status === "sent" ? "check" : message.status === "failed" ? "alert" : "checks"} />
          <span className="hidden-text">{word}</span>
        </span>
      ) : null}
    </p>
  );
}
