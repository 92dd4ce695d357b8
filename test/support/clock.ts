import type { Clock } from '../../src/lib/clock.ts';

export type FakeClock = Clock & {
  advance(ms: number): void;
  /** As if somebody had set the clock: no time passes, and no timer is due. */
  step(ms: number): void;
};

/** Time that stands still until a test moves it. Timers run in the order in which they are due. */
export function createFakeClock(startAt = Date.now()): FakeClock {
  type Due = { at: number; everyMs: number | null; task: () => void };
  let now = startAt;
  let stepped = 0;
  const waiting = new Set<Due>();

  function add(ms: number, task: () => void, everyMs: number | null) {
    const due: Due = { at: now + ms, everyMs, task };
    waiting.add(due);
    return { cancel: () => void waiting.delete(due) };
  }

  return {
    now: () => now + stepped,
    monotonic: () => now,
    step: (ms) => void (stepped += ms),
    after: (ms, task) => add(ms, task, null),
    every: (ms, task) => add(ms, task, ms),
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const next = [...waiting].filter((due) => due.at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        now = next.at;
        if (next.everyMs === null) waiting.delete(next);
        else next.at += next.everyMs;
        next.task();
      }
      now = until;
    },
  };
}
