/** How somebody is addressed in a channel, as people type it. */

import type { Channel } from "@frontdesk/shared";

export interface AddressKind {
  scheme: string;
  label: string;
  placeholder: string;
}

const KINDS: readonly AddressKind[] = [
  { scheme: "email", label: "To", placeholder: "nora@castell.example" },
  { scheme: "phone", label: "Phone number", placeholder: "+44 7700 900 142" },
  { scheme: "whatsapp", label: "Phone number", placeholder: "+44 7700 900 142" },
];

/** A phone number as its channel writes it. */
export function addressIn(scheme: string, typed: string): string {
  if (scheme === "whatsapp") return typed.replace(/\D/g, "");
  return scheme === "phone" ? typed.replace(/[\s().-]/g, "") : typed.trim();
}

/** What people of a channel are addressed by; null where they write first. */
export function kindOf(channel: Channel | undefined): AddressKind | null {
  const reached = channel?.capabilities.reaches ?? [];
  const known = KINDS.find((kind) => reached.includes(kind.scheme));
  return known ?? (reached[0] ? { scheme: reached[0], label: "Address", placeholder: "" } : null);
}
