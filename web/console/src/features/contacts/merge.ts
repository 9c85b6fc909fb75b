/** What a merge would do, told before it is done. Pure; the desk does the same. */

import type { Contact, ContactSource, ContactSuggestion, Identity } from "@frontdesk/shared";

export interface Preview {
  /** Addresses and lines of talk that go over. */
  identities: Identity[];
  lines: ContactSource[];
  /** What the contact who stays lacks, and gets: word and value. */
  filled: [name: string, value: unknown][];
  /** What both have, and which of the two is kept. */
  dropped: [name: string, value: unknown][];
}

const FIELDS: ["name" | "language", string][] = [
  ["name", "Name"],
  ["language", "Language"],
];

/** What goes over when `other` is merged into `stays`. */
export function previewOf(stays: Contact, other: Contact, lines: readonly ContactSource[]): Preview {
  const filled: Preview["filled"] = [];
  const dropped: Preview["dropped"] = [];
  for (const [field, word] of FIELDS) {
    const theirs = other[field];
    if (theirs === null || theirs === stays[field]) continue;
    (stays[field] === null ? filled : dropped).push([word, theirs]);
  }
  for (const [name, value] of Object.entries(other.attributes)) {
    if (!(name in stays.attributes)) filled.push([name, value]);
    else if (JSON.stringify(stays.attributes[name]) !== JSON.stringify(value)) dropped.push([name, value]);
  }
  return { identities: [...other.identities], lines: [...lines], filled, dropped };
}

type Reason = ContactSuggestion["reasons"][number];

/** Why two contacts may be one, in words. */
export function reasonText({ code, detail }: Reason): string {
  if (code === "same_phone") return `Same number, ${detail}`;
  if (code === "same_email") return `Same address, ${detail}`;
  if (code === "same_name") return `Same name, and ${detail} in both`;
  return detail;
}
