/** Contents that are files: picture, sound, film, document, sticker; also while they are fetched or when that failed. */

import {
  fileSize,
  type AudioContent,
  type DocumentContent,
  type ImageContent,
  type Media,
  type StickerContent,
  type VideoContent,
} from "@frontdesk/shared";
import { useState, type ReactNode } from "react";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { RichText } from "../RichText.tsx";
import styles from "./content.module.css";
import { useLightbox } from "./lightbox.ts";
import { useFreshMedia } from "./media.ts";
import { Player } from "./Player.tsx";

function why(media: Media, word: string): string {
  if (media.state === "failed") return `${word} could not be fetched`;
  if (media.scan === "infected") return `${word} is blocked: a virus was found in it`;
  return media.scan === "pending" && media.state === "stored" ? `${word} is being checked for viruses` : `${word} is being fetched`;
}

/** A file that cannot be shown yet, or not at all. */
function Absent({ media, icon, word }: { media: Media; icon: IconName; word: string }): ReactNode {
  const failed = media.state === "failed";
  if (failed && media.url) {
    return (
      <a className={styles.absent} href={media.url} download={media.filename ?? true}>
        <Icon name={icon} size={20} />
        <span>{word} cannot be shown here</span>
        <Icon name="download" />
        <span className="hidden-text">Download</span>
      </a>
    );
  }
  const infected = media.scan === "infected";
  return (
    <span className={styles.absent} role="status" data-scan={media.scan ?? undefined}>
      <Icon name={failed || infected ? "alert" : icon} size={20} />
      <span>
        {why(media, word)}
        {media.filename ? <span className="meta">{media.filename}</span> : null}
      </span>
    </span>
  );
}

function Caption({ text }: { text: string | null | undefined }): ReactNode {
  return text ? (
    <p className={styles.caption}>
      <RichText text={text} />
    </p>
  ) : null;
}

export function Picture({ content }: { content: ImageContent }): ReactNode {
  const open = useLightbox();
  const { url, refresh, failed } = useFreshMedia(content.media);
  const [loaded, setLoaded] = useState(false);
  const [whole, setWhole] = useState(false);
  const preview = whole ? null : content.media.preview;
  const name = content.caption ?? content.media.filename ?? "Photo";
  return (
    <>
      {url && !failed ? (
        <button type="button" className={styles.picture} data-loaded={loaded || undefined} aria-label={`Open photo: ${name}`} onClick={() => open(url, name)}>
          <img
            src={preview ? `${url}/preview` : url}
            alt={name}
            width={preview?.width}
            height={preview?.height}
            loading="lazy"
            decoding="async"
            onLoad={() => setLoaded(true)}
            onError={preview ? () => setWhole(true) : refresh}
          />
        </button>
      ) : (
        <Absent media={failed ? { ...content.media, state: "failed" } : content.media} icon="image" word="The photo" />
      )}
      <Caption text={content.caption} />
    </>
  );
}

export function Sticker({ content }: { content: StickerContent }): ReactNode {
  const { url, refresh, failed } = useFreshMedia(content.media);
  return url && !failed ? (
    <img className={styles.sticker} src={url} alt="Sticker" loading="lazy" onError={refresh} />
  ) : (
    <Absent media={failed ? { ...content.media, state: "failed" } : content.media} icon="smile" word="The sticker" />
  );
}

export function Video({ content }: { content: VideoContent }): ReactNode {
  const { url, refresh, failed } = useFreshMedia(content.media);
  return (
    <>
      {url && !failed ? (
        <video className={styles.video} src={url} controls preload="metadata" onError={refresh} aria-label={content.caption ?? "Video"}>
          <track kind="captions" />
        </video>
      ) : (
        <Absent media={failed ? { ...content.media, state: "failed" } : content.media} icon="video" word="The video" />
      )}
      <Caption text={content.caption} />
    </>
  );
}

export function Audio({ content }: { content: AudioContent }): ReactNode {
  const { url, refresh, failed } = useFreshMedia(content.media);
  return (
    <>
      {url && !failed ? (
        <Player url={url} name={content.voice ? "voice message" : (content.media.filename ?? "audio")} onError={refresh} />
      ) : (
        <Absent media={failed ? { ...content.media, state: "failed" } : content.media} icon="play" word={content.voice ? "The voice message" : "The sound"} />
      )}
      <Caption text={content.caption} />
    </>
  );
}

export function Document({ content }: { content: DocumentContent }): ReactNode {
  const { media } = content;
  const { url } = useFreshMedia(media);
  const name = media.filename ?? "Document";
  const about = [media.mime?.split("/").at(-1)?.toUpperCase(), fileSize(media.size)].filter(Boolean).join(", ");
  return (
    <>
      {url ? (
        <a className={styles.document} href={url} download={name}>
          <span className="hidden-text">Download</span>
          <span className={styles.documentIcon}>
            <Icon name="file" size={20} />
          </span>
          <span className={styles.documentName}>
            <span>{name}</span>
            <span className="meta">{about}</span>
          </span>
          <Icon name="download" />
        </a>
      ) : (
        <Absent media={media} icon="file" word="The document" />
      )}
      <Caption text={content.caption} />
    </>
  );
}
