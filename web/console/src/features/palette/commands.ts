/** Commands of the palette and how they are found. */

import type { IconName } from "~/ui/icons.tsx";

export interface Command {
  id: string;
  group: string;
  label: string;
  hint?: string;
  icon?: IconName;
  channel?: string;
  person?: string;
  keys?: string;
  /** Already found by the desk; what was typed need not be part of the label. */
  always?: boolean;
  run: () => void;
}

/** Commands that have every typed word at the beginning of one of theirs. */
export function findCommands(all: readonly Command[], typed: string): Command[] {
  const wanted = typed.toLowerCase().replace(/^>/, "").trim().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return all.filter((command) => !command.always);
  return all.filter((command) => {
    if (command.always) return true;
    const words = command.label.toLowerCase().split(/[\s:]+/);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  });
}
