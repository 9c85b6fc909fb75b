/* Telling that the visitor writes: at most once every few seconds, and that it ended after a pause. */

const PAUSE_MS = 4_000;

export class Typing {
  #toldAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private tell: (state: "on" | "off") => void) {}

  on(): void {
    if (Date.now() - this.#toldAt > PAUSE_MS) {
      this.#toldAt = Date.now();
      this.tell("on");
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.off(), PAUSE_MS);
  }

  off(): void {
    clearTimeout(this.#timer);
    if (!this.#toldAt) return;
    this.#toldAt = 0;
    this.tell("off");
  }
}
