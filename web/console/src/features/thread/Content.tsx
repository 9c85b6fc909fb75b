/** What a message says, rendered: one part per kind of content. */

import { isEmojiOnly, type Content as ContentType } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { Email } from "./content/Email.tsx";
import { Audio, Document, Picture, Sticker, Video } from "./content/Files.tsx";
import { Interactive } from "./content/Interactive.tsx";
import { Call, Cards, Location, Order, Poll, Template, Unsupported } from "./content/Things.tsx";
import styles from "./content/content.module.css";
import { RichText } from "./RichText.tsx";

/** Contents that fill the bubble to its edge. */
export function isWide(content: ContentType): boolean {
  return content.kind === "image" || content.kind === "video" || content.kind === "location";
}

/** Contents that are as wide as a line may be, whatever they say. */
export function isMail(content: ContentType): boolean {
  return content.kind === "email";
}

/** Contents that stand without a bubble. */
export function isBare(content: ContentType): boolean {
  return content.kind === "sticker" || (content.kind === "text" && isEmojiOnly(content.body));
}

export function Content({ content }: { content: ContentType }): ReactNode {
  switch (content.kind) {
    case "text":
      return <p className={isEmojiOnly(content.body) ? styles.emoji : styles.text}>{isEmojiOnly(content.body) ? content.body : <RichText text={content.body} />}</p>;
    case "image":
      return <Picture content={content} />;
    case "audio":
      return <Audio content={content} />;
    case "video":
      return <Video content={content} />;
    case "document":
      return <Document content={content} />;
    case "sticker":
      return <Sticker content={content} />;
    case "location":
      return <Location content={content} />;
    case "contacts":
      return <Cards content={content} />;
    case "interactive":
      return <Interactive content={content} />;
    case "button":
      return (
        <>
          <p className={styles.label}>Pressed</p>
          <p className={styles.text}>{content.text}</p>
        </>
      );
    case "order":
      return <Order content={content} />;
    case "template":
      return <Template content={content} />;
    case "email":
      return <Email content={content} />;
    case "call":
      return <Call content={content} />;
    case "poll":
      return <Poll content={content} />;
    case "reaction":
      return <p className={styles.text}>{content.emoji ?? "Took a reaction back"}</p>;
    case "activity":
      return <p className={styles.text}>{content.text ?? content.activity}</p>;
    case "unsupported":
      return <Unsupported content={content} />;
  }
}
