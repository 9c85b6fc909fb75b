/* The widget's calls to the desk. Throws `Refused` when trying again cannot help, anything else when it can. */

import { Refused, type Entry } from "./outbox";
import type { Inbox, Media, Message, Page, Visit } from "./protocol";

interface Upload {
  id: string;
  mime: string;
  filename: string;
  size: number;
}

/** The desk no longer knows this visitor's token. */
export class Unknown extends Error {}

export interface Identity {
  identifier?: string;
  hash?: string;
  name?: string;
  email?: string;
}

function judge(status: number, body: string): Error {
  let detail = "";
  try {
    const problem = JSON.parse(body) as { title?: string; detail?: string; errors?: { message: string }[] };
    detail = problem.errors?.[0]?.message ?? problem.detail ?? problem.title ?? "";
  } catch {
    /* no problem document */
  }
  if (status === 401) return new Unknown(detail);
  return status < 500 && status !== 408 && status !== 429 ? new Refused(detail) : new Error(detail);
}

export class Client {
  token: string | null = null;

  constructor(
    readonly base: string,
    private inbox: string,
  ) {}

  /** An address of the desk made absolute: files come as paths, the page is somewhere else. */
  at(path: string): string {
    return new URL(path, this.base).href;
  }

  async call<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const headers: Record<string, string> = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    const answer = await fetch(this.at(`v1/widget/${path}`), {
      method,
      headers,
      body: body ? JSON.stringify(body) : undefined,
      credentials: "omit",
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw judge(answer.status, text);
    return (text ? JSON.parse(text) : null) as T;
  }

  about = () => this.call<Inbox>("GET", this.inbox);

  /** Empty values are left out: a page that knows no name says nothing of it. */
  visit = ({ identifier, hash, name, email }: Identity, language: string, token: string | null) => {
    const said = Object.entries({ identifier, hash, name, email, language, token }).filter(([, value]) => value);
    return this.call<Visit>("POST", `${this.inbox}/visitor`, Object.fromEntries(said));
  };

  page = (query: string) => this.call<Page>("GET", `messages?${query}`);

  post = (entry: Entry) =>
    this.call<Message>("POST", "messages", { content: entry.content, reply_to_id: entry.replyTo }, entry.key);

  typing = (state: "on" | "off") => this.call("POST", "typing", { state });

  seen = (seq: number) => this.call("POST", "seen", { seq });

  /** XMLHttpRequest, because only it tells how much of a file is on its way. */
  upload(file: File, onProgress: (part: number) => void): Promise<Media> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.at(`v1/widget/attachments?filename=${encodeURIComponent(file.name)}`));
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.upload.onprogress = (event) => onProgress(event.loaded / (event.total || file.size || 1));
      request.onerror = request.onabort = () => reject(new Error());
      request.onload = () => {
        if (request.status >= 300) { reject(judge(request.status, request.responseText)); return; }
        const { id, mime, filename, size } = JSON.parse(request.responseText) as Upload;
        resolve({ attachment_id: id, mime, filename, size });
      };
      request.send(file);
    });
  }
}
