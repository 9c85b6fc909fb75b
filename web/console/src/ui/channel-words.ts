/** Words and letters for channels. Pure. */

/** The letter that stands for a channel without a sign of its own. */
export function letterOf(name: string): string {
  return (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? "?").toUpperCase();
}

/** A slug in words, for a channel that the desk does not list. */
export function plainName(slug: string): string {
  const words = slug.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The channel of an address: schemes are named after it, with what kind of id it is behind (`whatsapp_user`). */
export function channelOfScheme(scheme: string, slugs: readonly string[]): string {
  const own = slugs.filter((slug) => scheme === slug || scheme.startsWith(`${slug}_`)).sort((a, b) => b.length - a.length)[0];
  if (own) return own;
  return scheme === "web" || scheme === "visitor" ? "webchat" : scheme;
}
