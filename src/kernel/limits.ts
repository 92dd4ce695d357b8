import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config, RateKind } from '../config.ts';
import { CommandError } from './errors.ts';
import { createLru } from '../lib/lru.ts';

export type { RateKind };
/** `slow-mode` is the pause that a conversation asks for. */
export type RateState = { kind: RateKind | 'slow-mode'; limit: number; windowSeconds: number; remaining: number; resetSeconds: number };

/** Points that were taken here and that the other processes are to count, too. */
export type Spent = [kind: string, key: string, points: number];

/** Counts in this process's memory; beyond a part of a limit the processes tell each other what they counted. */
export interface Limits {
  /** Takes a point or throws `rate_limited` with `retryAfter`. */
  take(kind: RateKind, key: string): Promise<RateState | null>;
}

export function createLimits(config: Config): Limits & { unshared(): Spent[]; heard(spent: Spent[]): void } {
  if (!config.rateLimits) return { take: async () => null, unshared: () => [], heard: () => undefined };
  const kinds = Object.keys(config.rates) as RateKind[];
  const limiters = Object.fromEntries(kinds.map((kind) => [kind, createLimiter(config, kind)])) as Record<RateKind, ReturnType<typeof createLimiter>>;
  return {
    take: (kind, key) => limiters[kind].take(key),
    unshared: () => kinds.flatMap((kind) => limiters[kind].unshared().map(([key, points]): Spent => [kind, key, points])),
    heard(spent) {
      for (const [kind, key, points] of spent) if (Object.hasOwn(limiters, kind)) limiters[kind as RateKind].heard(key, points);
    },
  };
}

/** Below this part of a limit nothing is told: most people never come near it. */
const TOLD_BEYOND = 0.25;

function createLimiter(config: Config, kind: RateKind) {
  const { points, seconds } = config.rates[kind];
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  // The library forgets a key when its window ends; whoever comes from ever new addresses would fill the memory until then.
  const known = createLru<{ untold: number }>(config.rateKeysMax, (_, key) => void limiter.delete(key));
  const telling = new Set<string>();
  const stateOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes): RateState => ({
    kind,
    limit: limiter.points,
    windowSeconds: seconds,
    remaining: remainingPoints,
    // The library reads the time of day; its windows end by timers all the same when that is set back.
    resetSeconds: Math.min(seconds, Math.max(1, Math.ceil(msBeforeNext / 1000))),
  });

  function remember(key: string): { untold: number } {
    const entry = known.get(key) ?? { untold: 0 };
    if (!known.has(key)) known.set(key, entry);
    return entry;
  }

  return {
    async take(key: string): Promise<RateState> {
      const entry = remember(key);
      try {
        const taken = await limiter.consume(key);
        entry.untold = taken.consumedPoints === 1 ? 1 : entry.untold + 1;
        if (taken.consumedPoints > points * TOLD_BEYOND) telling.add(key);
        return stateOf(taken);
      } catch (reached) {
        if (!(reached instanceof RateLimiterRes)) throw reached;
        const rate = stateOf(reached);
        const retryAfter = rate.resetSeconds;
        const message = `Too many requests: ${rate.limit} in ${seconds} seconds (${kind}); wait ${retryAfter} seconds.`;
        throw new CommandError('rate_limited', message, { retryAfter, rate });
      }
    },
    unshared(): [key: string, points: number][] {
      const told = [...telling].flatMap((key): [string, number][] => {
        const entry = known.get(key);
        const untold = entry?.untold ?? 0;
        if (entry) entry.untold = 0;
        return untold > 0 ? [[key, untold]] : [];
      });
      telling.clear();
      return told;
    },
    heard(key: string, count: number): void {
      remember(key);
      void limiter.penalty(key, count);
    },
  };
}
