/** One message on a phone: its content, its ticks, and what its reader can do with it. */

import { clockTime, phoneText } from "@frontdesk/shared";
import { useState, type ReactNode } from "react";
import { RichText } from "~/features/thread/RichText.tsx";
import { IconButton } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { Menu, MenuItem } from "~/ui/Menu.tsx";
import { Popup } from "~/ui/Popup.tsx";
import { MailPage } from "./MailPage.tsx";
import { briefly, isWords, linksOf, type LookCard, type LookFile, type LookPlace } from "./looks.ts";
import styles from "./phones.module.css";
import { mediaUrl, type Abilities, type Phone, type PhoneMessage } from "./play.ts";

const REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

export interface BubbleActions {
  onReact: (message: PhoneMessage, emoji: string) => void;
  onReply: (message: PhoneMessage) => void;
  onEdit: (message: PhoneMessage) => void;
  onRevoke: (message: PhoneMessage) => void;
}

interface BubbleProps extends BubbleActions {
  message: PhoneMessage;
  phone: Phone;
  can: Abilities;
  quoted?: PhoneMessage;
}

export function Bubble({ message, phone, can, quoted, ...actions }: BubbleProps): ReactNode {
  const mine = message.from === "customer";
  const { files, place } = message.look;
  const wide = !message.deleted && !message.look.html && (place !== null || files.some(({ kind }) => kind === "image" || kind === "video"));
  return (
    <div className={classes(styles.line, mine && styles.mine)}>
      <div className={classes(styles.bubble, wide && styles.media, message.look.html !== null && styles.paper, message.deleted && styles.gone)}>
        {quoted ? <span className={styles.quote}>{briefly(quoted)}</span> : null}
        {message.deleted ? <em>Message taken back</em> : <Content message={message} simulator={phone.simulator} />}
      </div>
      {message.deleted ? null : <Tools message={message} can={can} {...actions} />}
      {message.reactions.length > 0 ? <span className={styles.reactions}>{message.reactions.map(({ emoji }) => emoji).join(" ")}</span> : null}
    </div>
  );
}

type ToolsProps = BubbleActions & { message: PhoneMessage; can: Abilities };

function Tools({ message, can, onReact, onReply, onEdit, onRevoke }: ToolsProps): ReactNode {
  const edits = can.edits && isWords(message);
  if (message.from === "customer")
    return edits || can.revokes ? (
      <span className={styles.tools}>
        <Menu label="Your message" width={160} target={<IconButton icon="more" label="Your message" size="small" />}>
          {edits ? (
            <MenuItem icon="pen" onSelect={() => onEdit(message)}>
              Edit
            </MenuItem>
          ) : null}
          {can.revokes ? (
            <MenuItem icon="trash" onSelect={() => onRevoke(message)}>
              Take back
            </MenuItem>
          ) : null}
        </Menu>
      </span>
    ) : null;
  return can.reactions || can.replies ? (
    <span className={styles.tools}>
      {can.reactions ? <Reactions message={message} onReact={onReact} /> : null}
      {can.replies ? <IconButton icon="reply" label="Reply" size="small" onClick={() => onReply(message)} /> : null}
    </span>
  ) : null;
}

function Reactions({ message, onReact }: Pick<ToolsProps, "message" | "onReact">): ReactNode {
  const [reacting, setReacting] = useState(false);
  const own = message.reactions.find(({ from }) => from === "customer")?.emoji;
  return (
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
  );
}

function Content({ message, simulator }: { message: PhoneMessage; simulator: string }): ReactNode {
  const { head, text, foot, html, files, place, cards } = message.look;
  const links = linksOf(message);
  const bare = files.length === 0 && !place && cards.length === 0;
  return (
    <>
      {head ? <strong className={styles.head}>{head}</strong> : null}
      {html ? <MailPage src={mediaUrl(simulator, html)} title={head || "Mail"} text={text} /> : null}
      {files.map((file, at) => (
        <FileContent key={file.id ?? at} file={file} simulator={simulator} caption={text} />
      ))}
      {place ? <Place place={place} /> : null}
      {cards.map((card, at) => (
        <Card key={at} card={card} />
      ))}
      {text && !html && files.length > 0 ? (
        <p className={styles.caption}>
          <RichText text={text} />
        </p>
      ) : null}
      {!html && files.length === 0 && (text || bare) ? <RichText text={text || "Message"} /> : null}
      {foot ? <span className={styles.foot}>{foot}</span> : null}
      {links.map((link) => (
        <a key={link.url} className={styles.cta} href={link.url} target="_blank" rel="noopener noreferrer">
          {link.label}
        </a>
      ))}
    </>
  );
}

function FileContent({ file, simulator, caption }: { file: LookFile; simulator: string; caption: string }): ReactNode {
  const url = file.id ? mediaUrl(simulator, file.id) : file.url;
  if (!url) return "File";
  switch (file.kind) {
    case "image":
      return <img className={styles.picture} src={url} alt={caption || "Photo"} />;
    case "sticker":
      return <img className={styles.sticker} src={url} alt="Sticker" />;
    case "video":
      return <video className={styles.picture} src={url} controls preload="metadata" aria-label="Video" />;
    case "audio":
      return <audio className={styles.sound} src={url} controls preload="metadata" aria-label="Voice message" />;
    default:
      return (
        <a className={styles.file} href={url} download={file.filename ?? ""}>
          <Icon name="file" size={20} />
          <span>{file.filename ?? "Document"}</span>
        </a>
      );
  }
}

function Place({ place }: { place: LookPlace }): ReactNode {
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
        <strong>{place.name ?? "Pin"}</strong>
        <br />
        {place.address ?? `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`}
      </p>
    </>
  );
}

function Card({ card }: { card: LookCard }): ReactNode {
  return (
    <span className={styles.card}>
      <Icon name="user" size={20} />
      <span>
        <strong>{card.name}</strong>
        <br />
        <span className="meta">{/^\+?[\d\s().-]{6,}$/.test(card.line) ? phoneText(card.line) : card.line}</span>
      </span>
    </span>
  );
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
