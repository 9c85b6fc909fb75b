/** Keyboard shortcuts: one table of what is active now, one listener.
 *
 * Single keys work outside text fields only; sequences start with `g`.
 */

import { useEffect, useRef } from "react";

export interface Shortcut {
  /** `e`, `?`, `g i`, `mod+k`, `shift+a`. */
  keys: string;
  /** What it does, for the help overlay. */
  label: string;
  group: "Go to" | "List" | "Conversation" | "Anywhere";
  run: () => void;
  /** Works while writing, too. */
  inText?: boolean;
  enabled?: boolean;
}

const active = new Set<{ current: readonly Shortcut[] }>();
const listeners = new Set<() => void>();
let prefix: string | null = null;
let prefixEnds: ReturnType<typeof setTimeout> | undefined;

/** All shortcuts that work at the moment, for the help overlay and the palette. */
export function activeShortcuts(): Shortcut[] {
  return [...active].flatMap((each) => each.current).filter((each) => each.enabled !== false);
}

let overlaid = false;

/** Whether something lay over the page when the key went down. An overlay that closes by that key is gone by now. */
function lookForOverlay(): void {
  overlaid = document.querySelector("[role=dialog], [role=menu]") !== null;
}

globalThis.addEventListener("keydown", lookForOverlay, true);

function isText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type));
}

/** Name of a key press as shortcuts are written. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const key = event.key === " " ? "space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const alt = event.altKey ? "alt+" : "";
  // Of a letter the shift is part of the name; `?` is `?`, however it is typed.
  const shift = event.shiftKey && (event.key.length > 1 || mod || /^\p{L}$/u.test(event.key)) ? "shift+" : "";
  return mod + alt + shift + key;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameOf(event);
  const written = prefix ? `${prefix} ${name}` : name;
  const text = isText(event.target);
  const found = activeShortcuts()
    .reverse()
    .find((each) => each.keys === written && (!text || each.inText));
  if (prefix && name !== "Shift") endPrefix();
  if (found) {
    if (overlaid && !found.inText) return;
    event.preventDefault();
    found.run();
  } else if (name === "g" && !text) {
    prefix = "g";
    prefixEnds = setTimeout(endPrefix, 1200);
  }
}

function endPrefix(): void {
  prefix = null;
  clearTimeout(prefixEnds);
}

/** Make shortcuts work while the component is on the page. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const held = useRef(shortcuts);
  useEffect(() => {
    held.current = shortcuts;
  });
  useEffect(() => {
    if (active.size === 0) document.addEventListener("keydown", onKey);
    active.add(held);
    return () => {
      active.delete(held);
      if (active.size === 0) document.removeEventListener("keydown", onKey);
      for (const listener of listeners) listener();
    };
  }, []);
}

const WORDS: Record<string, string> = { mod: navigator.userAgent.includes("Mac OS") ? "⌘" : "Ctrl", Enter: "↵", Escape: "Esc", ArrowUp: "↑", ArrowDown: "↓", alt: "Alt", shift: "Shift" };

/** A shortcut as caps: `mod+k` → [["Ctrl", "K"]]; `g i` → [["G"], ["I"]]. */
export function capsOf(keys: string): string[][] {
  return keys.split(" ").map((step) => step.split("+").map((key) => WORDS[key] ?? (key.length === 1 ? key.toUpperCase() : key)));
}
