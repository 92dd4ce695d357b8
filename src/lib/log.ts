import { pino } from 'pino';

export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * One line of JSON an entry on standard output. Callers pass ids, names, counts and times, never
 * message text, tokens or e-mail addresses; `redact` is the second lock on that door.
 */
export function createLog(level: LogLevel, write?: (line: string) => void): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ['content', 'password', 'token', 'authorization', 'cookie', 'email', '*.content', '*.password', '*.token'],
  };
  return write ? pino(options, { write }) : pino(options, pino.destination({ fd: 1, sync: false, minLength: 0 }));
}
