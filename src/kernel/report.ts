import type { Log } from '../lib/log.ts';
import { CommandError } from './errors.ts';

export type Request = { method: string; path: string; status: number; requestId: string; ms: number };
export type Done = {
  door: 'http' | 'socket' | 'internal';
  command: string;
  requestId: string;
  userId: string | null;
  /** The key that it was done with: reading is attributed here and nowhere else. */
  keyId?: string;
  ms: number;
};

/** One line a request or frame, and the counters. Ids, names and times only: never content, never secrets. */
export interface Report {
  done(what: Done): void;
  /** A request that was no command: signing in, pages, documents, health. */
  request(what: Request): void;
  /** Turns what was thrown into what the caller is told. The unknown is logged with its request id and becomes `internal`. */
  failed(error: unknown, what: Done): CommandError;
}

type Options = {
  log: Log;
  count(door: string, command: string, code: string, ms: number): void;
  /** The database cannot be reached, or is full: worth a repeat. */
  isUnavailable(error: unknown): boolean;
};

export function createReport({ log, count, isUnavailable }: Options): Report {
  return {
    done(what) {
      count(what.door, what.command, 'ok', what.ms);
      log.info({ ...what, ms: round(what.ms) }, 'command');
    },
    request: (what) => log.info({ door: 'http', ...what, ms: round(what.ms) }, 'request'),
    failed(error, what) {
      const told =
        error instanceof CommandError
          ? error
          : isUnavailable(error)
            ? new CommandError('unavailable', undefined, { retryAfter: 1 })
            : new CommandError('internal');
      count(what.door, what.command, told.code, what.ms);
      if (told === error) log.info({ ...what, ms: round(what.ms), code: told.code }, 'command');
      else log.error({ ...what, ms: round(what.ms), code: told.code, error: describe(error) }, 'command failed');
      return told;
    },
  };
}

const round = (ms: number): number => Math.round(ms * 100) / 100;

/** Name, first line and stack, without the parameters that a driver may put into its messages. */
export function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { thrown: typeof error };
  const { name, code, errno } = error as Error & { code?: unknown; errno?: unknown };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name,
    ...(code !== undefined && { code: String(code) }),
    ...(errno !== undefined && { errno: String(errno) }),
    // Drizzle's messages hold the statement's parameters; its cause says what happened.
    message: error.cause === undefined ? (error.message.split('\n')[0] ?? '') : 'see cause',
    stack: frames.slice(0, 8).map((line) => line.trim()),
    ...(error.cause !== undefined && { cause: describe(error.cause) }),
  };
}
