/** Times for people: relative under a day, absolute on hover, days as words. */

const DAY = 86_400_000;

export function startOfDay(time: number): number {
  const date = new Date(time);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

function daysBetween(earlier: number, later: number): number {
  return Math.round((startOfDay(later) - startOfDay(earlier)) / DAY);
}

/** Hours and minutes as the reader's language has them: `09:32`, `9:32 AM`. */
export function clockTime(iso: string | null | undefined, locale?: string): string {
  if (!iso) return "";
  return new Date(iso).toLocaleTimeString(locale, { timeStyle: "short" });
}

/** With seconds, for logs. */
export function exactTime(iso: string | null | undefined, locale?: string): string {
  if (!iso) return "";
  return new Date(iso).toLocaleTimeString(locale, { timeStyle: "medium" });
}

/** For a list: `now`, `4 m`, `09:32` on the same day, `Thu` within a week, `12 Mar`, `12 Mar 2024`. */
export function listTime(iso: string | null | undefined, now = Date.now(), locale?: string): string {
  if (!iso) return "";
  const time = Date.parse(iso);
  const age = now - time;
  if (age < 60_000) return "now";
  if (age < 3_600_000) return `${String(Math.floor(age / 60_000))} m`;
  const days = daysBetween(time, now);
  if (days === 0) return clockTime(iso, locale);
  if (days < 7) return new Date(time).toLocaleDateString(locale, { weekday: "short" });
  return shortDate(iso, now, locale);
}

/** `12 Mar`, with the year when it is another one. */
export function shortDate(iso: string | null | undefined, now = Date.now(), locale?: string): string {
  if (!iso) return "";
  const date = new Date(iso);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(locale, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}

/** Divider of a day: `Today, 20 November`. */
export function dayLabel(iso: string, now = Date.now(), locale?: string): string {
  const date = new Date(iso);
  const days = daysBetween(date.getTime(), now);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  const text = date.toLocaleDateString(locale, { day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) });
  if (days === 0) return `Today, ${text}`;
  if (days === 1) return `Yesterday, ${text}`;
  return `${date.toLocaleDateString(locale, { weekday: "long" })}, ${text}`;
}

/** Whole date and time, for tooltips. */
export function fullTime(iso: string | null | undefined, locale?: string): string {
  if (!iso) return "";
  return new Date(iso).toLocaleString(locale, { dateStyle: "medium", timeStyle: "medium" });
}

/** `20 seconds ago`, `3 days ago`; what a clock that runs ahead puts into the future is now. */
export function ago(iso: string | null | undefined, now = Date.now(), locale?: string): string {
  if (!iso) return "";
  const seconds = Math.min(0, Math.round((Date.parse(iso) - now) / 1000));
  const size = Math.abs(seconds);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (size < 60) return format.format(seconds, "second");
  if (size < 3600) return format.format(Math.trunc(seconds / 60), "minute");
  if (size < 86_400) return format.format(Math.trunc(seconds / 3600), "hour");
  return format.format(Math.trunc(seconds / 86_400), "day");
}

/** Time that is left: `23 h 54 m`, `12 m`, `under a minute`; null when it is over. */
export function timeLeft(iso: string | null | undefined, now = Date.now()): string | null {
  if (!iso) return null;
  const minutes = Math.floor((Date.parse(iso) - now) / 60_000);
  if (Date.parse(iso) <= now) return null;
  if (minutes < 1) return "under a minute";
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${String(Math.floor(hours / 24))} days`;
  return hours ? `${String(hours)} h ${String(minutes % 60)} m` : `${String(minutes)} m`;
}

/** `0:23`, `1:02:03`. */
export function duration(seconds: number | null | undefined): string {
  const whole = Math.max(0, Math.floor(seconds ?? 0));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const [hours, minutes, rest] = parts as [number, number, number];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${String(hours)}:${String(minutes).padStart(2, "0")}:${tail}` : `${String(minutes)}:${tail}`;
}
