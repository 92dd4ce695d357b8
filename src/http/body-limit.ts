import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit as whileReading } from 'hono/body-limit';
import type { Env } from './router.ts';

/**
 * Refuses bodies of more than `maxBytes`. A length that is told is enough to go by, because the runtime reads no further than that, and
 * looking at the body would turn it into a stream. What comes without a length is counted while it is read.
 */
export function bodyLimit(maxBytes: number, refuse: (c: Context<Env>) => Response): MiddlewareHandler<Env> {
  const counted = whileReading({ maxSize: maxBytes, onError: refuse });
  return async (c, next) => {
    const length = c.req.header('Content-Length');
    if (length === undefined || c.req.header('Transfer-Encoding') !== undefined) return counted(c, next);
    return Number(length) <= maxBytes ? next() : refuse(c);
  };
}
