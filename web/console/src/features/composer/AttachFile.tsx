/** Choosing files to send: a button and the system's dialog behind it, and what is pasted. */

import { useRef, type ClipboardEvent, type ReactNode } from "react";
import { Button, IconButton } from "~/ui/Button.tsx";
import type { Uploads } from "./files.ts";

interface AttachFileProps {
  uploads: Uploads;
  /** Says what it does in words, not by its icon alone. */
  worded?: boolean;
  className?: string;
}

export function AttachFile({ uploads, worded, className }: AttachFileProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const open = (): void => field.current?.click();
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={(event) => {
          uploads.add([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      {worded ? (
        <Button icon="clip" look="plain" className={className} onClick={open}>
          Attach a file
        </Button>
      ) : (
        <IconButton icon="clip" label="Attach a file" onClick={open} />
      )}
    </>
  );
}

/** Takes pasted files; pasted text is the field's own. */
export function pasteFiles(event: ClipboardEvent, uploads: Uploads): void {
  const pasted = [...event.clipboardData.files];
  if (pasted.length === 0) return;
  event.preventDefault();
  uploads.add(pasted);
}
