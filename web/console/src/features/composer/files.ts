/** Files on their way into a message: checked against the channel's limits, uploaded with progress. */

import { explain, fileSize, newKey, type Attachment, type Capabilities, type Content, type Media } from "@frontdesk/shared";
import { useCallback, useEffect, useRef, useState } from "react";
import { http } from "~/app/api.ts";

const UPLOAD_LIMIT = 100 * 1024 * 1024;

export interface Uploading {
  key: string;
  name: string;
  size: number;
  progress: number;
  error: string | null;
  cancel: () => void;
}

type FileKind = "image" | "video" | "audio" | "document";

/** The kind of message a file becomes: what the channel takes as such, else a document. */
export function kindOfFile(mime: string, size: number, capabilities: Capabilities | undefined): FileKind {
  const family = mime.split("/")[0];
  const wanted: FileKind = family === "image" || family === "video" || family === "audio" ? family : "document";
  if (!capabilities || wanted === "document") return wanted;
  const mimes = capabilities.media_mimes[wanted];
  const most = capabilities.media_max_bytes[wanted];
  const fits = capabilities.kinds_out.includes(wanted) && (!mimes || mimes.length === 0 || mimes.includes(mime)) && (!most || size <= most);
  return fits || !capabilities.kinds_out.includes("document") ? wanted : "document";
}

/** Why a file cannot be sent, or null. */
export function refusalOf(file: { type: string; size: number }, capabilities: Capabilities | undefined): string | null {
  const kind = kindOfFile(file.type, file.size, capabilities);
  if (file.size === 0) return "The file is empty";
  if (capabilities && !capabilities.kinds_out.includes(kind)) return `This channel takes no ${kind === "image" ? "pictures" : `${kind}s`}`;
  const most = Math.min(UPLOAD_LIMIT, capabilities?.media_max_bytes[kind] ?? UPLOAD_LIMIT);
  return file.size > most ? `${fileSize(file.size)}, the limit is ${fileSize(most)}` : null;
}

/** The content that sends an uploaded file. */
export function contentOfFile(file: Attachment, capabilities: Capabilities | undefined, caption: string | null): Content {
  const kind = kindOfFile(file.mime, file.size, capabilities);
  const media: Media = { attachment_id: file.id, mime: file.mime, filename: file.filename, size: file.size };
  return kind === "audio" ? { kind, media } : { kind, media, caption };
}

/** Contents for text and files: one mail where mails are written; else the text is the caption of the first file that
 * can have one, or its own message. */
export function contentsOf(text: string, files: readonly Attachment[], capabilities: Capabilities | undefined): Content[] {
  if (files.length > 0 && capabilities?.kinds_out.includes("email")) {
    const attachments = files.map((file) => ({ attachment_id: file.id, mime: file.mime, filename: file.filename, size: file.size }));
    return [{ kind: "email", text, attachments }];
  }
  const captioned = text ? files.findIndex((file) => kindOfFile(file.mime, file.size, capabilities) !== "audio") : -1;
  const contents = files.map((file, at) => contentOfFile(file, capabilities, at === captioned ? text : null));
  return text && captioned < 0 ? [{ kind: "text", body: text }, ...contents] : contents;
}

export interface Uploads {
  uploading: readonly Uploading[];
  add: (files: readonly File[]) => void;
  remove: (key: string) => void;
}

export function useUploads(capabilities: Capabilities | undefined, onDone: (file: Attachment) => void): Uploads {
  const [uploading, setUploading] = useState<readonly Uploading[]>([]);
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });

  const change = useCallback((key: string, part: Partial<Uploading>) => {
    setUploading((all) => all.map((each) => (each.key === key ? { ...each, ...part } : each)));
  }, []);
  const remove = useCallback((key: string) => {
    setUploading((all) => all.filter((each) => each.key !== key));
  }, []);

  const add = useCallback(
    (files: readonly File[]) => {
      for (const file of files) {
        const key = newKey();
        const name = file.name || `Pasted ${file.type.split("/")[0] ?? "file"}`;
        const refusal = refusalOf(file, capabilities);
        const row: Uploading = { key, name, size: file.size, progress: 0, error: refusal, cancel: () => undefined };
        setUploading((all) => [...all, row]);
        if (refusal) continue;
        const upload = http.upload("/v1/attachments", file, name, (progress) => change(key, { progress }));
        change(key, { cancel: upload.cancel });
        upload.done.then(
          (attachment) => {
            remove(key);
            done.current(attachment);
          },
          (error: unknown) => {
            if (error instanceof DOMException) remove(key);
            else change(key, { error: explain(error) });
          },
        );
      }
    },
    [capabilities, change, remove],
  );

  return { uploading, add, remove };
}
