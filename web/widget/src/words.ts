/* What the open panel says, in English. Another language is one more file with the same keys, loaded when it is asked for. */

const en = {
  close: "Close chat",
  chat: (name: string) => `Chat with ${name}`,
  from: (agent: string, name: string) => `${agent} from ${name}`,
  online: "We are here now",
  away: "Leave a message, we will answer here",
  resolved: "This conversation is closed",
  again: "Write to start again",
  write: "Write a message",
  message: "Message",
  messages: "Messages",
  attach: "Attach a file",
  send: "Send",
  hello: "Hello. How can we help?",
  typing: (name: string) => `${name} is typing`,
  someone: "Someone",
  you: "You",
  wait: "Waiting",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
  retry: "Try again",
  remove: "Remove",
  lost: "No connection. What you write goes out as soon as you are back.",
  trouble: "The chat cannot be reached. Trying again.",
  earlier: "Loading earlier messages",
  latest: "To the latest message",
  edited: "edited",
  deleted: "Message deleted",
  picture: "Picture",
  file: "File",
  audio: "Voice message",
  video: "Video",
  map: "Show on a map",
  location: "Location",
  unsupported: "This message cannot be shown here.",
  big: "The file is larger than 100 MB.",
  gone: "The file is no longer there. Choose it again.",
  drop: "Drop the file to send it",
  reply: "Reply",
  unreply: "Do not reply to this message",
  choose: "Choose an answer",
  today: "Today",
  yesterday: "Yesterday",
};

export type Words = typeof en;

export let words: Words = en;

/** Changes to the words of a language; English where there are none or they cannot be loaded. */
export async function speak(language: string): Promise<void> {
  if (/^es\b/i.test(language))
    words = await import("./words.es").then(
      ({ es }) => es,
      () => en,
    );
}

/** How dates and times are written: a page in `en` for a reader of `en-GB` has their clock. */
export const localeOf = (language: string, own: readonly string[] = navigator.languages) =>
  own.find((name) => name === language || name.startsWith(`${language}-`)) ?? language;

/** The greeting in the visitor's language, else its base language, else the default one. */
export function pick(text: string | Record<string, string> | null | undefined, language: string): string {
  if (!text || typeof text === "string") return text ?? "";
  return text[language] ?? text[language.split("-")[0]!] ?? text.default ?? Object.values(text)[0] ?? "";
}
