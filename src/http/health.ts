import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Store } from '../kernel/ports.ts';
import type { Metrics } from './metrics.ts';

type HealthOptions = { store: Store; metrics: Metrics; metricsToken: string | undefined; stopping(): boolean };

/** For the machines that watch us. `healthz`: the process runs. `readyz`: it can take traffic; migrations were applied before it listened. */
export function healthRoutes({ store, metrics, metricsToken, stopping }: HealthOptions): Hono {
  return new Hono()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      if (stopping()) return c.json({ status: 'stopping' }, 503);
      try {
        await store.ping();
        return c.json({ status: 'ready' });
      } catch {
        return c.json({ status: 'database unreachable' }, 503);
      }
    })
    .get('/metrics', async (c) => {
      if (metricsToken !== undefined && !isBearer(c.req.header('Authorization'), metricsToken)) return c.text('Send METRICS_TOKEN as a bearer.', 401);
      return c.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType });
    });
}

/** Compares hashes, so that the time it takes tells nothing about the token. */
function isBearer(header: string | undefined, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${token}`));
}
