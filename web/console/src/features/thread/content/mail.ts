/** What of a mail is shown, and how: its own words first, what it quotes behind a button. Pure. */

import type { EmailContent, Media } from "@frontdesk/shared";

export interface Shown {
  /** Show a document of this part in a frame, or the text. */
  as: "html" | "text" | "nothing";
  part: "own" | "whole";
  text: string;
}

/** Whether a mail quotes others, so that there is something to unfold. */
export function quotes(mail: EmailContent): boolean {
  return Boolean(mail.own_text);
}

/** `framed` says whether its HTML can be asked for: a mail that is still on its way has none. */
export function shownOf(mail: EmailContent, unfolded: boolean, framed: boolean): Shown {
  const folded = quotes(mail) && !unfolded;
  const text = (folded ? mail.own_text : mail.text) ?? "";
  const html = folded ? mail.own_html : mail.html;
  const part = folded ? "own" : "whole";
  if (html && framed) return { as: "html", part, text };
  return { as: text.trim() ? "text" : "nothing", part, text };
}

const REMOTE = /<img\b[^>]*\ssrc\s*=\s*["']?https?:/i;

/** Whether a mail's HTML has pictures from elsewhere; who has them sees when and where they are looked at. */
export function hasRemotePictures(mail: EmailContent, part: Shown["part"]): boolean {
  return REMOTE.test((part === "own" ? mail.own_html : mail.html) ?? "");
}

/** The files beside a mail: without those that its HTML shows in place. */
export function filesOf(mail: EmailContent, part: Shown["part"]): Media[] {
  const html = ((part === "own" ? mail.own_html : mail.html) ?? "").toLowerCase();
  return (mail.attachments ?? []).filter(({ content_id: id }) => !id || !html.includes(`cid:${id.toLowerCase()}"`));
}

/** Who else got it, in one line. */
export function recipientsOf(mail: EmailContent): string {
  const line = (word: string, names: readonly string[] | undefined): string[] => (names?.length ? [`${word} ${names.join(", ")}`] : []);
  return [...line("To", mail.to), ...line("Cc", mail.cc), ...line("Bcc", mail.bcc)].join(" · ");
}
