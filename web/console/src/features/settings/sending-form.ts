/** What holds for sending from an inbox, as the fields of a form: empty is what the channel does by itself. */

import type { Inbox, Sending } from "@frontdesk/shared";

export const LIMITS = ["number_per_second", "number_per_day", "pair_seconds", "pair_burst", "pair_per_day"] as const;
export type LimitName = (typeof LIMITS)[number];

export interface PriceRow {
  country: string;
  category: string;
  amount: string;
}

export interface SendingForm {
  undo: string;
  begins: string;
  ends: string;
  /** One on each line; null: the channel's own. */
  leave: string | null;
  back: string | null;
  limits: Record<LimitName, string>;
  currency: string;
  prices: PriceRow[];
}

export function sendingForm({ sending }: Pick<Inbox, "sending">): SendingForm {
  const { limits, prices, quiet_hours: quiet } = sending;
  return {
    undo: textOf(sending.undo_seconds),
    begins: quiet?.begins ?? "",
    ends: quiet?.ends ?? "",
    leave: sending.opt_out_words?.join("\n") ?? null,
    back: sending.opt_in_words?.join("\n") ?? null,
    limits: Object.fromEntries(LIMITS.map((name) => [name, textOf(limits?.[name])])) as Record<LimitName, string>,
    currency: prices?.currency ?? "",
    prices: prices?.entries.map(({ country, category, amount }) => ({ country: country ?? "", category: category ?? "", amount })) ?? [],
  };
}

/** What is sent. What is no number goes as it was written, so that the desk says what is wrong with it. */
export function sendingOf(form: SendingForm): Record<keyof Sending, unknown> {
  const limits = Object.fromEntries(LIMITS.map((name) => [name, numberOf(form.limits[name])]));
  return {
    undo_seconds: numberOf(form.undo),
    quiet_hours: form.begins || form.ends ? { begins: form.begins || undefined, ends: form.ends || undefined } : null,
    opt_out_words: wordsOf(form.leave),
    opt_in_words: wordsOf(form.back),
    limits: Object.values(limits).some((each) => each !== null) ? limits : null,
    prices: form.currency.trim() || form.prices.length ? { currency: form.currency.trim().toUpperCase() || undefined, entries: form.prices.map(priceOf) } : null,
  };
}

function priceOf({ country, category, amount }: PriceRow) {
  return { country: country.trim() || null, category: category.trim().toLowerCase() || null, amount: plain(amount) };
}

function textOf(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

/** A decimal comma is a point here. */
function plain(text: string): string {
  return text.trim().replace(",", ".");
}

function numberOf(text: string): number | string | null {
  if (!text.trim()) return null;
  const number = Number(plain(text));
  return Number.isFinite(number) ? number : text.trim();
}

function wordsOf(text: string | null): string[] | null {
  return text === null ? null : text.split("\n").map((word) => word.trim()).filter(Boolean);
}
