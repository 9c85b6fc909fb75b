/** Files that go with the message: uploaded, on their way, or refused with the reason. */

import { fileSize, type Attachment } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { classes } from "~/ui/classes.ts";
import { IconButton } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import styles from "./composer.module.css";
import type { Uploads } from "./files.ts";

interface FileChipsProps {
  files: readonly Attachment[];
  uploads: Uploads;
  onRemove: (id: string) => void;
}

export function FileChips({ files, uploads, onRemove }: FileChipsProps): ReactNode {
  if (files.length === 0 && uploads.uploading.length === 0) return null;
  return (
    <ul className={styles.files} aria-label="Attachments">
      {files.map((file) => (
        <li key={file.id} className={styles.file}>
          {file.mime.startsWith("image/") && file.url ? <img src={file.url} alt="" /> : <Icon name="file" />}
          <span className="one">{file.filename ?? "File"}</span>
          <span className="meta">{fileSize(file.size)}</span>
          <IconButton icon="x" size="small" label={`Remove ${file.filename ?? "file"}`} onClick={() => onRemove(file.id)} />
        </li>
      ))}
      {uploads.uploading.map((each) => (
        <li key={each.key} className={classes(styles.file, each.error && styles.fileBad)} role={each.error ? "alert" : undefined}>
          <Icon name={each.error ? "alert" : "file"} />
          <span className="one">{each.name}</span>
          <span className={styles.fileState}>{each.error ?? fileSize(each.size)}</span>
          {each.error ? null : <progress max={1} value={each.progress} aria-label={`Uploading ${each.name}`} />}
          <IconButton
            icon="x"
            size="small"
            label={each.error ? `Dismiss ${each.name}` : `Cancel ${each.name}`}
            onClick={() => {
              each.cancel();
              uploads.remove(each.key);
            }}
          />
        </li>
      ))}
    </ul>
  );
}
