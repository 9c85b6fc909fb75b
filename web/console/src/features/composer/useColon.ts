/** Emoji by a colon: `:smi` behind a space shows what fits; the arrows choose, Enter or Tab takes. */

import { useState, type KeyboardEvent, type RefObject } from "react";
import { colonOf, findEmoji, type Emoji } from "./emoji.ts";

const SHOWN = 6;

export interface Colon {
  /** What fits; nothing while no name is being typed. */
  found: readonly Emoji[];
  chosen: number;
  /** Tell where the caret is after something was written. */
  moveTo: (caret: number) => void;
  pick: (emoji: Emoji) => void;
  /** Whether the key was for this list. */
  takes: (event: KeyboardEvent) => boolean;
}

export function useColon(box: RefObject<HTMLTextAreaElement | null>, text: string, setText: (text: string) => void): Colon {
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  const typed = caret === null ? null : colonOf(text.slice(0, caret));
  const found = typed === null ? [] : findEmoji(typed.replaceAll("_", " ")).slice(0, SHOWN);
  const at = Math.min(chosen, Math.max(0, found.length - 1));

  const pick = (emoji: Emoji): void => {
    if (caret === null || typed === null) return;
    const from = caret - typed.length - 1;
    const after = from + emoji.char.length;
    setText(text.slice(0, from) + emoji.char + text.slice(caret));
    setCaret(null);
    setChosen(0);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(after, after);
    });
  };

  const takes = (event: KeyboardEvent): boolean => {
    const picked = found[at];
    if (!picked || event.ctrlKey || event.metaKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") setChosen((at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") pick(picked);
    else if (event.key === "Escape") setCaret(null);
    else return false;
    event.preventDefault();
    return true;
  };

  return {
    found,
    chosen: at,
    moveTo: (next) => {
      setCaret(next);
      setChosen(0);
    },
    pick,
    takes,
  };
}
