import type { Clock, Timer } from './clock.ts';

/**
 * Gives each piece of work the same time. One timer watches over the oldest: with one for each, thousands are made and
 * taken back a second that never ring.
 */
export function createDeadlines(clock: Clock, ms: number, late: () => Error) {
  type Waiting = { at: number; reject(error: Error): void };
  /** In the order in which they end. */
  const waiting = new Set<Waiting>();
  let timer: Timer | null = null;

  function watch(): void {
    const [first] = waiting;
    timer = first ? clock.after(Math.max(0, first.at - clock.monotonic()), ring) : null;
  }

  function ring(): void {
    const now = clock.monotonic();
    for (const one of waiting) {
      if (one.at > now) break;
      waiting.delete(one);
      one.reject(late());
    }
    watch();
  }

  /** Rejects when the time is over. The work goes on; what becomes of it then is nobody's. */
  return <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const one = { at: clock.monotonic() + ms, reject };
      waiting.add(one);
      if (!timer) watch();
      work().then(
        (value) => {
          waiting.delete(one);
          resolve(value);
        },
        (error: unknown) => {
          waiting.delete(one);
          reject(error);
        },
      );
    });
}
