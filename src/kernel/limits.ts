import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config, RateKind } from '../config.ts';
import { CommandError } from './errors.ts';
import { createLru } from '../lib/lru.ts';

export type { RateKind };
export type RateState = { kind: RateKind; limit: number; windowSeconds: number; remaining: number; resetSeconds: number };

/** Takes a point or throws `rate_limited` with `retryAfter`. Counts in this process's memory. */
export interface Limits {
  take(kind: RateKind, key: string): Promise<RateState | null>;
}

export function createLimits(config: Config): Limits {
  if (!config.rateLimits) return { take: async () => null };
  const kinds = Object.keys(config.rates) as RateKind[];
  const limiters = Object.fromEntries(kinds.map((kind) => [kind, createLimiter(config, kind)])) as Record<RateKind, ReturnType<typeof createLimiter>>;
  return { take: (kind, key) => limiters[kind](key) };
}

function createLimiter(config: Config, kind: RateKind): (key: string) => Promise<RateState> {
  const { points, seconds } = config.rates[kind];
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  // The library forgets a key when its window ends; whoever comes from ever new addresses would fill the memory until then.
  const known = createLru<true>(config.rateKeysMax, (_, key) => void limiter.delete(key));
  const stateOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes): RateState => ({
    kind,
    limit: limiter.points,
    windowSeconds: seconds,
    remaining: remainingPoints,
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  });

  return async (key) => {
    if (!known.get(key)) known.set(key, true);
    try {
      return stateOf(await limiter.consume(key));
    } catch (reached) {
      if (!(reached instanceof RateLimiterRes)) throw reached;
      const rate = stateOf(reached);
      const retryAfter = rate.resetSeconds;
      const message = `Too many requests: ${rate.limit} in ${seconds} seconds (${kind}); wait ${retryAfter} seconds.`;
      throw new CommandError('rate_limited', message, { retryAfter, rate });
    }
  };
}
