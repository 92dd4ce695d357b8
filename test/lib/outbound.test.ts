import { afterAll, describe, expect, test } from 'bun:test';
import { systemClock } from '../../src/lib/clock.ts';
import { post } from '../../src/jobs/push/post.ts';
import { NotPublic } from '../../src/lib/outbound.ts';

describe('A POST to an address from outside', () => {
  let asked = 0;
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response(null, { status: 200 + asked++ }) });
  afterAll(() => server.stop(true));
  const sent = { url: new URL(`http://localhost:${server.port}/`), headers: {}, body: Buffer.from('x'), timeoutMs: 5_000 };

  test('a name that resolves into our own network is not connected to', async () => {
    await expect(post(systemClock, { ...sent, allowPrivate: false })).rejects.toBeInstanceOf(NotPublic);
    expect(asked).toBe(0);
    expect(await post(systemClock, { ...sent, allowPrivate: true })).toEqual({ status: 200, retryAfter: undefined });
  });
});
