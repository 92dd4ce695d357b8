import { Hono } from 'hono';
import type { Store } from '../kernel/ports.ts';
import type { Metrics } from './metrics.ts';

type HealthOptions = { store: Store; metrics: Metrics; stopping(): boolean };

/** For the machines that watch us. `healthz`: the process runs. `readyz`: it can take traffic; migrations were applied before it listened. */
export function healthRoutes({ store, metrics, stopping }: HealthOptions): Hono {
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
    .get('/metrics', async (c) => c.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType }));
}
