/* One visitor's chat: who they are, what was said, what waits, and the line to the desk. The view only reads `state`
   and calls the verbs here. */

import { Client, Unknown, type Identity } from "./client";
import { openFiles } from "./files";
import { Live } from "./live";
import { openMemory, type Memory } from "./memory";
import { Outbox, Refused, type Entry } from "./outbox";
import type { Content, Frame, Media, MediaContent, Message, Visit } from "./protocol";
import type { Settings } from "./settings";
import { Observed } from "./state";
import { lastSeq, merge, opensNext, withSeen, withStatus } from "./timeline";
import { Typing } from "./typing";

const PAGE = 30;
const MAX_FILE = 100 * 1024 * 1024;

export class Session extends Observed {
  readonly memory: Memory;
  #client: Client;
  #outbox: Outbox;
  #live: Live;
  #files = openFiles();
  #identity: Identity;
  #visitor: string | null = null;
  #visiting: Promise<void> | null = null;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #typing = new Typing((state) => void this.#client.typing(state).catch(() => undefined));
  #toldSeen = 0;
  #refreshedAt = 0;

  constructor(readonly settings: Settings) {
    super();
    const scope = settings.inbox + (settings.profile ? `:${settings.profile}` : "");
    this.#identity = settings.identify;
    this.memory = openMemory(scope);
    this.#client = new Client(settings.base, settings.inbox);
    this.#outbox = new Outbox({
      memory: this.memory,
      files: this.#files,
      carrier: {
        post: (entry) => this.#known(() => this.#client.post(entry)),
        upload: (file, tell) => this.#upload(file, tell),
      },
      onChange: (pending) => this.set({ pending }),
      onSent: (message) => this.#take([message]),
      alone: (work) =>
        "locks" in navigator
          ? navigator.locks.request(`frontdesk:${scope}`, work).then(() => undefined)
          : work(),
    });
    this.#live = new Live({
      client: this.#client,
      onFrame: (frame) => this.#hear(frame),
      onLine: (line) => this.set({ line }),
      onUp: (isResumed) => {
        if (!isResumed) void this.#load();
        void this.#outbox.flush();
      },
      onRefused: () => void this.#renew(),
    });
  }

  /** Learns about the inbox, and goes on where this browser left off. */
  async begin(): Promise<void> {
    this.#client.token = this.memory.get("token");
    this.#visitor = this.memory.get("visitor");
    this.set({
      seen: this.memory.get("seen") ?? 0,
      pending: this.#outbox.entries,
      online: navigator.onLine,
    });
    this.#watchPage();
    for (let wait = 1_000; !this.state.inbox; wait = Math.min(wait * 2, 30_000)) {
      try {
        this.set({ inbox: await this.#client.about() });
      } catch (error) {
        if (error instanceof Unknown || error instanceof Refused) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    if (this.#identity.identifier) await this.#renew().catch(() => undefined);
    else if (this.#client.token) this.#live.start();
    if (this.state.pending.length) void this.#outbox.flush();
    this.emit("ready", undefined);
    if (this.settings.open || this.memory.get("open")) this.open(false);
  }

  /** Tells the desk who the visitor is; `hash` proves it. A different person starts with an empty chat. */
  async identify(identity: Identity): Promise<void> {
    this.#identity = identity;
    await this.#renew();
  }

  /** Forgets the visitor in this browser, for a page's sign-out. */
  reset(): void {
    this.#live.stop(true);
    for (const { key } of this.state.pending) this.#outbox.drop(key);
    this.#identity = {};
    this.#client.token = null;
    this.#visitor = null;
    for (const name of ["visitor", "token", "seen", "draft"]) this.memory.set(name, null);
    this.set({ messages: [], past: [], seen: 0, older: null, status: "open", typing: null });
  }

  /** `byHand`: somebody asked for it, so the focus may go there. */
  open(byHand = true): void {
    if (this.state.open) return;
    this.set({ open: true, byHand });
    this.memory.set("open", true);
    this.emit("open", undefined);
    this.read();
  }

  close(): void {
    if (!this.state.open) return;
    this.set({ open: false });
    this.memory.set("open", null);
    this.emit("close", undefined);
  }

  say(content: Content, replyTo = this.state.replyTo?.id): void {
    this.#typing.off();
    this.answer(null);
    void this.#outbox.add(this.#entry(content, replyTo));
  }

  /** Past conversations can be read, not answered. */
  canAnswer = (message: Message) =>
    message.direction === "outgoing" && this.state.status !== "resolved" && this.state.messages.includes(message);

  /** What is written next answers this message. */
  answer = (replyTo: Message | null) => this.set({ replyTo });

  sendFile(file: File): void {
    if (file.size > MAX_FILE) { this.set({ tooBig: true }); return; }
    this.set({ tooBig: false });
    const family = file.type.split("/")[0];
    const kind = (["image", "audio", "video"].find((name) => name === family) ??
      "document") as MediaContent["kind"];
    const media: Media = { mime: file.type, filename: file.name, size: file.size };
    void this.#outbox.add(this.#entry({ kind, media }), file);
  }

  fileOf = (key: string) => this.#files.get(key);
  retry = (key: string) => void this.#outbox.retry(key);
  drop = (key: string) => this.#outbox.drop(key);
  at = (path: string) => this.#client.at(path);

  /** The visitor is writing. */
  type(): void {
    if (this.#client.token) this.#typing.on();
  }

  async loadOlder(): Promise<void> {
    const { older } = this.state;
    if (!older || this.state.loading) return;
    this.set({ loading: true });
    try {
      const page = await this.#client.page(`before=${encodeURIComponent(older)}&limit=${PAGE}`);
      this.set({ messages: merge(this.state.messages, page.items), older: page.previous ?? null });
    } catch {
      /* the next scroll tries again */
    }
    this.set({ loading: false });
  }

  /** Reads the newest page again, because a file's signed address has run out. */
  refresh(): void {
    if (Date.now() - this.#refreshedAt < 60_000) return;
    this.#refreshedAt = Date.now();
    void this.#load();
  }

  /** Everything in view counts as read. */
  read(): void {
    const seq = lastSeq(this.state.messages);
    if (!this.state.open || document.hidden || !seq) return;
    if (seq > this.state.seen) {
      this.memory.set("seen", seq);
      this.set({ seen: seq });
    }
    if (seq > this.#toldSeen && this.#client.token) {
      this.#toldSeen = seq;
      this.#client.seen(seq).catch(() => (this.#toldSeen = 0));
    }
  }

  #entry(content: Content, replyTo?: string): Entry {
    const random = crypto.getRandomValues(new Uint8Array(16));
    const key = [...random].map((part) => part.toString(16).padStart(2, "0")).join("");
    return { key, content, replyTo, after: lastSeq(this.state.messages), at: new Date().toISOString() };
  }

  /** Makes or renews the visit; several callers share one request. */
  #renew(): Promise<void> {
    this.#visiting ??= this.#visit().finally(() => (this.#visiting = null));
    return this.#visiting;
  }

  async #visit(): Promise<void> {
    const visit = await this.#askVisit();
    const { id } = visit.visitor;
    if (id !== this.#visitor) {
      this.#live.stop(true);
      if (this.#visitor) this.memory.set("seen", null);
      this.#visitor = id;
      this.memory.set("visitor", id);
      this.set({ messages: [], past: [], seen: this.memory.get("seen") ?? 0 });
    }
    this.#client.token = visit.token;
    this.memory.set("token", visit.token);
    this.#live.start();
  }

  /** With what we know; without the kept token when that is refused; nameless when the proof is refused. */
  async #askVisit(): Promise<Visit> {
    const token = this.memory.get<string>("token");
    const { language } = this.settings;
    try {
      return await this.#client.visit(this.#identity, language, token);
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
    }
    try {
      return await this.#client.visit(this.#identity, language, null);
    } catch (error) {
      if (!(error instanceof Unknown) || !this.#identity.identifier) throw error;
      console.warn("Frontdesk: the identity was refused; check identifier and hash.");
      this.#identity = {};
      return this.#client.visit({}, language, null);
    }
  }

  /** Runs a call that needs a visitor: makes the visit first, and once more when the token is refused. */
  async #known<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#client.token) await this.#renew();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      await this.#renew();
      return call();
    }
  }

  #upload(file: File, tell: (part: number) => void): Promise<Media> {
    return this.#known(() => this.#client.upload(file, tell));
  }

  async #load(): Promise<void> {
    try {
      const page = await this.#client.page(`limit=${PAGE}`);
      const first = page.items[0];
      const gap = first && this.state.messages.length && lastSeq(this.state.messages) < first.seq - 1;
      const known = gap ? [] : this.state.messages;
      this.set({
        older: known[0] && first && known[0].seq < first.seq ? this.state.older : (page.previous ?? null),
      });
      this.#take(page.items, known);
    } catch {
      /* the line's next hello loads again */
    }
  }

  #take(coming: Message[], known = this.state.messages): void {
    const before = lastSeq(this.state.messages);
    this.set({ messages: merge(known, coming) });
    this.read();
    for (const message of coming) {
      if (message.seq > before && message.direction === "outgoing" && before) this.emit("message", message);
    }
  }

  #hear(frame: Frame): void {
    switch (frame.type) {
      case "resync":
        void this.#load();
        return;
      case "message":
        if (frame.message.direction === "outgoing") this.#heardTyping(null);
        else if (this.state.status !== "open") this.set({ status: "open" });
        if (opensNext(this.state.messages, frame.message)) this.#turnOver();
        this.#take([frame.message]);
        return;
      case "status":
        this.set({ messages: withStatus(this.state.messages, frame.message_id, frame.status) });
        return;
      case "seen":
        this.set({ messages: withSeen(this.state.messages, frame.conversation_id, frame.seq) });
        return;
      case "typing":
        this.#heardTyping(frame.state === "on" ? (frame.author?.name ?? "") : null);
        return;
      case "conversation":
        this.set({ status: frame.status });
        return;
    }
  }

  /** The next conversation began: what was said stays in view, counting starts again. */
  #turnOver(): void {
    this.memory.set("seen", null);
    this.#toldSeen = 0;
    this.set({ past: [...this.state.past, ...this.state.messages], messages: [], seen: 0, older: null });
  }

  #heardTyping(name: string | null): void {
    clearTimeout(this.#typingTimer);
    if (name !== this.state.typing) this.set({ typing: name });
    if (name !== null) this.#typingTimer = setTimeout(() => this.set({ typing: null }), 10_000);
  }

  #watchPage(): void {
    const back = () => {
      this.set({ online: navigator.onLine });
      if (!navigator.onLine) return;
      this.#live.hurry();
      if (this.state.pending.length) void this.#outbox.flush();
    };
    addEventListener("online", back);
    addEventListener("offline", back);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      back();
      this.read();
    });
    this.memory.watch((name) => {
      if (name === "seen") this.set({ seen: this.memory.get("seen") ?? 0 });
      if (name === "token") this.#follow();
    });
  }

  /** Another tab became (or forgot) this visitor. */
  #follow(): void {
    const token = this.memory.get<string>("token");
    const visitor = this.memory.get<string>("visitor");
    this.#client.token = token;
    if (token && visitor === this.#visitor) { this.#live.start(); return; }
    this.#live.stop(true);
    this.#visitor = visitor;
    this.set({ messages: [], past: [] });
    if (token) this.#live.start();
  }
}
