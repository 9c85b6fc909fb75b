/** A mail in the timeline: subject, who got it, its own words, what it quotes behind a button, its files. */

import type { EmailContent } from "@frontdesk/shared";
import { useContext, useState, type ReactNode } from "react";
import { LinkButton } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import { RichText } from "../RichText.tsx";
import styles from "./content.module.css";
import { Document } from "./Files.tsx";
import { filesOf, hasRemotePictures, quotes, recipientsOf, shownOf } from "./mail.ts";
import { MailFrame } from "./MailFrame.tsx";
import { MessageIdContext } from "./media.ts";

export function Email({ content }: { content: EmailContent }): ReactNode {
  const id = useContext(MessageIdContext);
  const [unfolded, setUnfolded] = useState(false);
  const [pictures, setPictures] = useState(false);
  const shown = shownOf(content, unfolded, id !== null);
  const files = shown.as === "html" ? filesOf(content, shown.part) : (content.attachments ?? []);
  const recipients = recipientsOf(content);
  return (
    <>
      {content.subject ? <p className={styles.subject}>{content.subject}</p> : null}
      {recipients ? (
        <p className={styles.recipients} title={recipients}>
          {recipients}
        </p>
      ) : null}
      {shown.as === "html" && id ? <MailFrame id={id} part={shown.part} pictures={pictures} title={content.subject ?? "Mail"} text={shown.text} /> : null}
      {shown.as === "text" ? (
        <p className={styles.text}>
          <RichText text={shown.text} />
        </p>
      ) : null}
      {shown.as === "nothing" ? <p className={styles.footer}>This mail has no words.</p> : null}
      {shown.as === "html" && !pictures && hasRemotePictures(content, shown.part) ? (
        <p className={styles.held}>
          <Icon name="image" size={12} />
          Pictures from elsewhere are held back.
          <LinkButton onClick={() => setPictures(true)}>Show pictures</LinkButton>
        </p>
      ) : null}
      {quotes(content) ? (
        <button
          type="button"
          className={styles.unfold}
          aria-expanded={unfolded}
          aria-label={unfolded ? "Hide the quoted text" : "Show the quoted text"}
          title={unfolded ? "Hide the quoted text" : "Show the quoted text"}
          onClick={() => setUnfolded(!unfolded)}
        >
          <Icon name="more" />
        </button>
      ) : null}
      {files.length > 0 ? (
        <ul className={styles.files} aria-label="Files">
          {files.map((file, at) => (
            <li key={file.attachment_id ?? String(at)}>
              <Document content={{ kind: "document", media: file }} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
