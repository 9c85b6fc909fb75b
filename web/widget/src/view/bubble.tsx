/* One message's content: every kind the desk can send, each shown as what it is. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Card, Content, Interactive, MediaContent } from "../protocol";
import type { Session } from "../session";
import { words } from "../words";
import { isMedia } from "./announcer";
import { Icon } from "./icons";

const LINK = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/;

const Out = ({
  href,
  children,
  ...rest
}: {
  href: string;
  children: ComponentChildren;
  class?: string;
  download?: string;
}) => (
  <a href={href} target="_blank" rel="noopener noreferrer nofollow" {...rest}>
    {children}
  </a>
);

/** Text with its web addresses as links; line breaks are kept by the style. */
export const Linked = ({ text }: { text: string }) => (
  <>{text.split(LINK).map((part, at) => (at % 2 ? <Out href={part}>{part}</Out> : part))}</>
);

/** A picture that is still on its way, painted, because a strict page shows no `blob:` addresses. */
function Painted({ file }: { file: Promise<File | null> }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    void file
      .then((found) => found && createImageBitmap(found))
      .then((bitmap) => {
        const target = canvas.current;
        if (!bitmap || !target) return;
        const scale = Math.min(1, 480 / bitmap.width);
        target.width = bitmap.width * scale;
        target.height = bitmap.height * scale;
        target.getContext("2d")?.drawImage(bitmap, 0, 0, target.width, target.height);
      })
      .catch(() => undefined);
  }, [file]);
  return <canvas class="pic" ref={canvas} />;
}

function Size({ bytes }: { bytes?: number | null }) {
  if (!bytes) return null;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return <small>{`${value.toFixed(value < 10 ? 1 : 0)} ${unit}`}</small>;
}

function MediaBody({
  content,
  session,
  waiting,
}: {
  content: MediaContent;
  session: Session;
  waiting?: Promise<File | null>;
}) {
  const [broken, setBroken] = useState(false);
  const [whole, setWhole] = useState(false);
  const { kind, media, caption } = content;
  const url = media.url && session.at(media.url);
  const failed = () => {
    setBroken(true);
    session.refresh();
  };
  useEffect(() => setBroken(false), [url]);
  const picture = kind === "image" || kind === "sticker";
  const label =
    media.filename ??
    (picture ? words.picture : kind === "audio" ? words.audio : kind === "video" ? words.video : words.file);
  let body;
  if (picture && waiting) body = <Painted file={waiting} />;
  else if (picture && url && !broken)
    body = (
      <Out href={url} class="shot">
        <img
          class="pic"
          src={media.preview && !whole ? `${url}/preview` : url}
          alt={caption ?? label}
          loading="lazy"
          onError={media.preview && !whole ? () => setWhole(true) : failed}
        />
      </Out>
    );
  else if (kind === "audio" && url && !broken)
    body = <audio controls preload="metadata" src={url} aria-label={label} onError={failed} />;
  else if (kind === "video" && url && !broken)
    body = <video class="pic" controls preload="metadata" src={url} aria-label={label} onError={failed} />;
  else {
    const row = (
      <>
        <Icon name="file" />
        <span>
          {label}
          <Size bytes={media.size} />
        </span>
      </>
    );
    body = url ? (
      <Out href={url} class="row" download={media.filename ?? ""}>
        {row}
      </Out>
    ) : (
      <span class="row">{row}</span>
    );
  }
  return (
    <>
      {body}
      {caption && (
        <p class="cap">
          <Linked text={caption} />
        </p>
      )}
    </>
  );
}

const CardBody = ({ card }: { card: Card }) => (
  <div class="card">
    <b>{card.name}</b>
    {card.company && <span>{card.company}</span>}
    {card.phones?.map(({ number }) => (
      <a href={`tel:${number.replace(/[^\d+]/g, "")}`}>{number}</a>
    ))}
    {card.emails?.map(({ address }) => (
      <a href={`mailto:${address}`}>{address}</a>
    ))}
    {card.urls?.map(({ url }) => (
      <Linked text={url} />
    ))}
  </div>
);

function InteractiveBody({ content }: { content: Interactive }) {
  if (content.type.endsWith("_reply")) return <>{content.title}</>;
  return (
    <>
      {content.header && <b class="head">{content.header}</b>}
      <Linked text={content.body ?? ""} />
      {content.footer && <small class="foot">{content.footer}</small>}
      {content.type === "cta_url" && /^https?:/.test(content.url ?? "") && (
        <Out href={content.url!} class="cta">
          {content.button ?? content.url}
        </Out>
      )}
    </>
  );
}

export function Body({
  content,
  session,
  waiting,
}: {
  content: Content;
  session: Session;
  waiting?: Promise<File | null>;
}) {
  if (isMedia(content)) return <MediaBody content={content} session={session} waiting={waiting} />;
  switch (content.kind) {
    case "text":
      return <Linked text={content.body} />;
    case "interactive":
      return <InteractiveBody content={content} />;
    case "button":
      return <>{content.text}</>;
    case "template":
      return <Linked text={content.body ?? words.unsupported} />;
    case "contacts":
      return (
        <>
          {content.cards.map((card) => (
            <CardBody card={card} />
          ))}
        </>
      );
    case "location":
      return (
        <div class="card">
          <Icon name="pin" />
          <b>{content.name ?? words.location}</b>
          {content.address && <span>{content.address}</span>}
          <Out
            href={`https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=16/${content.latitude}/${content.longitude}`}
          >
            {words.map}
          </Out>
        </div>
      );
    default:
      return <i>{words.unsupported}</i>;
  }
}

/** What can be answered with one press: reply buttons, or the rows of a list. */
export const choices = (content: Content) =>
  content.kind !== "interactive"
    ? []
    : content.type === "buttons"
      ? (content.buttons ?? []).map((choice) => ({ ...choice, type: "button_reply" }))
      : content.type === "list"
        ? (content.sections ?? []).flatMap((section) =>
            section.rows.map((choice) => ({ ...choice, type: "list_reply" })),
          )
        : [];
