/** The one HTTP client of console and widget: JSON in and out, credentials, problems, uploads with progress. */

import { Problem, problemFrom } from "./problem.ts";
import type { Attachment } from "./types.ts";

export type QueryValue = string | number | boolean | null | undefined;

export interface RequestOptions {
  query?: Record<string, QueryValue>;
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export interface HttpOptions {
  /** Origin of the desk; empty for the page's own. */
  base?: string;
  /** Headers that prove who asks; called for every request. `unsafe` is true for anything but GET. */
  headers?: (unsafe: boolean) => Record<string, string>;
  /** Cookies: the console sends its session, the widget sends none. */
  credentials?: RequestCredentials;
  /** Told once per answer 401. */
  onSignedOut?: () => void;
}

export interface Upload {
  done: Promise<Attachment>;
  cancel: () => void;
}

export class Http {
  private readonly options: HttpOptions;

  constructor(options: HttpOptions = {}) {
    this.options = options;
  }

  get = <T>(path: string, options?: RequestOptions): Promise<T> => this.request<T>("GET", path, options);
  post = <T>(path: string, options?: RequestOptions): Promise<T> => this.request<T>("POST", path, options);
  put = <T>(path: string, options?: RequestOptions): Promise<T> => this.request<T>("PUT", path, options);
  patch = <T>(path: string, options?: RequestOptions): Promise<T> => this.request<T>("PATCH", path, options);
  delete = <T = void>(path: string, options?: RequestOptions): Promise<T> => this.request<T>("DELETE", path, options);

  /** Send one request; throws `Problem` for every answer that is not a success. */
  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json", ...this.headers(method !== "GET") };
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
    let response: Response;
    try {
      response = await fetch(this.url(path, options.query), {
        method,
        headers,
        credentials: this.options.credentials ?? "same-origin",
        body: options.body === undefined ? undefined : JSON.stringify(options.body),
        signal: options.signal,
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Problem(0, { title: "No answer" });
    }
    if (!response.ok) {
      if (response.status === 401) this.options.onSignedOut?.();
      throw await problemFrom(response);
    }
    if (response.status === 204) return undefined as T;
    return (await response.json()) as T;
  }

  /** Send one file as multipart form data; `progress` hears fractions from 0 to 1. */
  upload(path: string, file: Blob, filename: string, progress?: (fraction: number) => void): Upload {
    const request = new XMLHttpRequest();
    const done = new Promise<Attachment>((resolve, reject) => {
      request.open("POST", this.url(path));
      request.withCredentials = this.options.credentials === "include";
      for (const [name, value] of Object.entries(this.headers(true))) request.setRequestHeader(name, value);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) progress?.(event.loaded / event.total);
      };
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Attachment);
        else reject(problemOf(request));
      };
      request.onerror = () => {
        reject(new Problem(0, { title: "No answer" }));
      };
      request.onabort = () => {
        reject(new DOMException("Cancelled", "AbortError"));
      };
      const form = new FormData();
      form.append("file", file, filename);
      request.send(form);
    });
    return {
      done,
      cancel: () => {
        request.abort();
      },
    };
  }

  private headers(unsafe: boolean): Record<string, string> {
    return this.options.headers?.(unsafe) ?? {};
  }

  private url(path: string, query?: Record<string, QueryValue>): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
    }
    const text = search.toString();
    return `${this.options.base ?? ""}${path}${text ? `?${text}` : ""}`;
  }
}

function problemOf(request: XMLHttpRequest): Problem {
  try {
    return new Problem(request.status, JSON.parse(request.responseText) as Record<string, string>);
  } catch {
    return new Problem(request.status, { title: request.statusText || "Upload refused" });
  }
}

/** A fresh idempotency key: one per thing that a person sends, kept over retries. */
export function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
