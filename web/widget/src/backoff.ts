/* How long to wait before the next try: exponential, capped, with jitter so that many tabs do not return at once. */

export function backoff(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(failures, 10));
  return Math.round(ceiling * (0.5 + random() / 2));
}
