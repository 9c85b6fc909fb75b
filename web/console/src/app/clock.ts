/** The desk's clock, as far as this device can tell: its own may be wrong. */

let ahead = 0;

/** Learn from a time that the desk has just told. */
export function setClock(now: string): void {
  const told = Date.parse(now);
  if (Number.isFinite(told)) ahead = told - Date.now();
}

/** What time it is at the desk. */
export function deskNow(): number {
  return Date.now() + ahead;
}
