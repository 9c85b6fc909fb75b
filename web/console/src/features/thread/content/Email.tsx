/** A mail in the timeline: subject and text. */

import type { EmailContent } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { RichText } from "../RichText.tsx";
import styles from "./content.module.css";

export function Email({ content }: { content: EmailContent }): ReactNode {
  return (
    <>
      {content.subject ? <p className={styles.strong}>{content.subject}</p> : null}
      {content.text ? (
        <p className={styles.text}>
          <RichText text={content.text} />
        </p>
      ) : (
        <p className={styles.footer}>{content.html ? "This mail has an HTML part only." : "This mail is empty."}</p>
      )}
      {content.attachments?.length ? (
        <p className={styles.footer}>{content.attachments.map((file) => file.filename ?? "File").join(", ")}</p>
      ) : null}
    </>
  );
}
