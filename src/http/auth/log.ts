import type { BetterAuthOptions } from 'better-auth';
import { describe } from '../../kernel/report.ts';
import type { Log } from '../../lib/log.ts';

/**
 * better-auth's entries in our log. Its messages may end in an address or an origin that somebody sent, and its
 * arguments in whole rows, so only the fixed part of the message and the shape of an error are kept. What a client
 * did wrong is a warning here.
 */
export function authLogger(log: Log): BetterAuthOptions['logger'] {
  return {
    level: 'warn',
    disableColors: true,
    log(level, message, ...args) {
      const error: unknown = args.find((arg) => arg instanceof Error);
      const fixed = `better-auth: ${message.split(/[:\n]/, 1)[0]?.slice(0, 200)}`;
      if (error !== undefined && level === 'error') log.error({ error: describe(error) }, fixed);
      else log.warn({ ...(error !== undefined && { error: describe(error) }) }, fixed);
    },
  };
}
