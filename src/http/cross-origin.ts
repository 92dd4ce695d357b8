import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

const EXPOSED = [
  'X-Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'set-auth-token',
];

/** What every answer says, whoever asked; whether their browser shows it to them is said to allowed origins alone. */
export const forOtherOrigins = {
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': EXPOSED.join(','),
  Vary: 'Origin',
};

/**
 * Browsers let the pages of these origins use the API, and no others. Hono answers what browsers ask beforehand; what it would do to every
 * other answer is done here, once that is complete: headers that are set before it make a copy of it, and its body a stream.
 */
export function crossOrigin(allowed: readonly string[]): MiddlewareHandler {
  const preflight = cors({
    origin: [...allowed],
    credentials: true,
    allowHeaders: ['Content-Type', 'Authorization', 'Idempotency-Key', 'X-Api-Key'],
    exposeHeaders: EXPOSED,
    maxAge: 600,
  });

  return async (c, next) => {
    if (c.req.method === 'OPTIONS') return preflight(c, next);
    await next();
    const origin = c.req.header('Origin');
    if (origin !== undefined && allowed.includes(origin)) c.res.headers.set('Access-Control-Allow-Origin', origin);
  };
}
