/* What the visitor wrote and the desk has not taken yet: kept in the browser, sent one by one in order, each under
   its own idempotency key, so that a lost answer or a reload neither loses nor doubles a message. */

import { backoff } from "./backoff";
import type { Files } from "./files";
import type { Memory } from "./memory";
import type { Content, Media, Message } from "./protocol";

export interface Entry {
  /** The idempotency key, and the key of its file while that waits. */
  key: string;
  content: Content;
  replyTo?: string;
  /** The newest `seq` known when it was written. */
  after: number;
  at: string;
  /** Set while the file is not uploaded yet. */
  upload?: boolean;
  progress?: number;
  error?: string;
}

/** The desk has refused for good: trying the same again cannot help. */
export class Refused extends Error {}

export interface Carrier {
  post(entry: Entry): Promise<Message>;
  upload(file: File, onProgress: (part: number) => void): Promise<Media>;
}

interface Options {
  memory: Memory;
  files: Files;
  carrier: Carrier;
  onChange(entries: Entry[]): void;
  onSent(message: Message, entry: Entry): void;
  wait?(milliseconds: number): Promise<void>;
  /** Runs `work` in one tab at a time. */
  alone(work: () => Promise<void>): Promise<void>;
}

export class Outbox {
  #running = false;
  #failures = 0;
  #wake: () => void = () => undefined;
  #progress = new Map<string, number>();

  #options: Options;

  constructor(options: Options) {
    this.#options = options;
    options.memory.watch((name) => {
      if (name !== "outbox") return;
      this.#wake();
      this.#tell();
    });
  }

  get entries(): Entry[] {
    const kept = this.#options.memory.get<Entry[]>("outbox") ?? [];
    return kept.map((entry) => ({ ...entry, progress: this.#progress.get(entry.key) }));
  }

  async add(entry: Entry, file?: File): Promise<void> {
    if (file) await this.#options.files.put(entry.key, file);
    this.#keep([...this.entries, file ? { ...entry, upload: true } : entry]);
    await this.flush();
  }

  /** Tries a refused entry again, under the same key. */
  retry(key: string): Promise<void> {
    this.#change(key, { error: undefined });
    return this.flush();
  }

  drop(key: string): void {
    void this.#options.files.remove(key);
    this.#keep(this.entries.filter((entry) => entry.key !== key));
  }

  /** Sends all that waits. Safe to call at any time; a pause between tries is cut short. */
  async flush(): Promise<void> {
    this.#wake();
    if (this.#running) return;
    this.#running = true;
    try {
      await this.#options.alone(() => this.#work());
    } finally {
      this.#running = false;
    }
  }

  async #work(): Promise<void> {
    for (;;) {
      const entry = this.entries.find((candidate) => candidate.error === undefined);
      if (!entry) return;
      try {
        await this.#send(entry);
        this.#failures = 0;
      } catch (error) {
        if (error instanceof Refused) this.#change(entry.key, { error: error.message });
        else await this.#pause(backoff(this.#failures++));
      }
    }
  }

  async #send(entry: Entry): Promise<void> {
    let { content } = entry;
    if (entry.upload && "media" in content) {
      const file = await this.#options.files.get(entry.key);
      if (!file) throw new Refused("");
      const media = await this.#options.carrier.upload(file, (part) => {
        this.#progress.set(entry.key, part);
        this.#tell();
      });
      content = { ...content, media };
      this.#change(entry.key, { content, upload: undefined });
    }
    const message = await this.#options.carrier.post({ ...entry, content });
    this.#options.onSent(message, entry);
    this.drop(entry.key);
  }

  #pause(milliseconds: number): Promise<void> {
    if (this.#options.wait) return this.#options.wait(milliseconds);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #change(key: string, changes: Partial<Entry>): void {
    this.#keep(this.entries.map((entry) => (entry.key === key ? { ...entry, ...changes } : entry)));
  }

  #keep(entries: Entry[]): void {
    this.#options.memory.set(
      "outbox",
      entries.map(({ progress: _, ...entry }) => entry),
    );
    this.#tell();
  }

  #tell(): void {
    this.#options.onChange(this.entries);
  }
}
