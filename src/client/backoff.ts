const FIRST_MS = 300;
const LONGEST_MS = 20_000;

/**
 * How long to wait before the next attempt: doubling, with half of it at random, so that thousands of clients of a server
 * that came back do not knock at the same moment. ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}
