import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import { CommandError } from './errors.ts';

export type RateKind = 'read' | 'write' | 'send' | 'signal' | 'sign-up' | 'sign-in' | 'sign-in-account' | 'refused-token';
export type RateState = { limit: number; remaining: number; resetSeconds: number };

/** Takes a point or throws `rate_limited` with `retryAfter`. Counts in this process's memory. */
export interface Limits {
  take(kind: RateKind, key: string): Promise<RateState | null>;
}

export function createLimits(config: Config): Limits {
  if (!config.rateLimits) return { take: async () => null };
  const minute = (points: number) => new RateLimiterMemory({ points, duration: 60 });
  const limiters: Record<RateKind, RateLimiterMemory> = {
    read: minute(config.rateReadsPerMinute),
    write: minute(config.rateWritesPerMinute),
    send: minute(config.rateSendsPerMinute),
    signal: minute(config.rateSignalsPerMinute),
    'sign-up': new RateLimiterMemory({ points: config.rateSignUpsPerHour, duration: 3600 }),
    'sign-in': minute(config.rateSignInsPerMinute),
    'sign-in-account': minute(config.rateSignInsPerAccountPerMinute),
    'refused-token': minute(config.rateConnectsPerMinute),
  };

  return {
    async take(kind, key) {
      const limiter = limiters[kind];
      try {
        const state = await limiter.consume(key);
        return { limit: limiter.points, remaining: state.remainingPoints, resetSeconds: Math.ceil(state.msBeforeNext / 1000) };
      } catch (state) {
        if (!(state instanceof RateLimiterRes)) throw state;
        const retryAfter = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
        throw new CommandError(
          'rate_limited',
          `Too many requests: ${limiter.points} in ${limiter.duration} seconds (${kind}); wait ${retryAfter} seconds.`,
          { retryAfter, points: limiter.points },
        );
      }
    },
  };
}
