/** Canned responses: finding them by what was typed, and their variables. */

import type { CannedResponse, Content } from "@frontdesk/shared";

const VARIABLE = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** Names of the `{{variables}}` in the messages, each once, in order. */
export function variablesOf(messages: readonly Content[]): string[] {
  const names = new Set<string>();
  for (const match of JSON.stringify(messages).matchAll(VARIABLE)) if (match[1]) names.add(match[1]);
  return [...names];
}

/** Text with its variables filled in; unknown ones stay as they are. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => values[name] || whole);
}

/** Responses for what stands behind the slash, the shortcut's beginning first. */
export function findCanned(all: readonly CannedResponse[], typed: string): CannedResponse[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [...all];
  const rank = (each: CannedResponse): number => {
    if (each.shortcut.toLowerCase().startsWith(wanted)) return 0;
    return each.title.toLowerCase().includes(wanted) || each.shortcut.toLowerCase().includes(wanted) ? 1 : 2;
  };
  return all.filter((each) => rank(each) < 2).sort((a, b) => rank(a) - rank(b));
}

/** What was typed behind a slash at the beginning of the text, or null. */
export function slashOf(text: string): string | null {
  const match = /^\/([\w-]*)$/.exec(text);
  return match ? (match[1] ?? "") : null;
}

/** The only text of a response that has nothing but one text without variables. */
export function plainText(response: CannedResponse): string | null {
  const only = response.messages.length === 1 ? response.messages[0] : undefined;
  return only?.kind === "text" && variablesOf([only]).length === 0 ? only.body : null;
}
