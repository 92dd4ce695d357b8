import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createLimits } from '../../src/kernel/limits.ts';
import { readConfig } from '../../src/config.ts';
import { connect } from '../support/socket.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('limits of an address', () => {
  let server: TestServer;
  beforeAll(async () => {
    const config = { trustProxy: 'on', rateRequestsPerAddressPerMinute: 5, rateSocketsPerAddressPerMinute: 2, rateReadsPerMinute: 3 } as const;
    server = await startServer({ config });
  });
  afterAll(() => server.stop());

  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('requests are counted before anybody is asked who they are, each address for itself', async () => {
    const ask = (address: string): Promise<Response> => fetch(`${server.url}/api/chat/me`, { headers: from(address) });
    for (let n = 0; n < 5; n++) expect((await ask('192.0.2.1')).status).toBe(401);
    const refused = await ask('192.0.2.1');
    expect([refused.status, (await refused.json()).error.code, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, 'rate_limited', true]);
    expect(refused.headers.get('ratelimit-policy')).toBe('"request";q=5;w=60');
    expect((await ask('192.0.2.2')).status).toBe(401);
    for (let n = 0; n < 5; n++) expect((await ask(`2001:db8:1:2::${n}`)).status).toBe(401);
    expect((await ask('2001:db8:1:2:a:b:c:d')).status).toBe(429);
    expect((await fetch(`${server.url}/healthz`, { headers: from('192.0.2.1') })).status).toBe(200);
  });

  test('sockets are counted, too', async () => {
    const ann = await server.person('Ann');
    const open = () => connect(`${server.url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${ann.token}`, ...from('192.0.2.9') });
    const sockets = await Promise.all([open(), open()]);
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const third = await fetch(`${server.url}/api/chat/ws`, { headers: { ...upgrade, ...from('192.0.2.9') } });
    expect([third.status, (await third.json()).error.code]).toEqual([429, 'rate_limited']);
    // What is refused before it is a socket is an answer like any other.
    expect([third.headers.get('x-request-id'), third.headers.get('ratelimit-policy'), third.headers.get('x-content-type-options')]).toEqual([
      expect.any(String),
      '"connect";q=2;w=60',
      'nosniff',
    ]);
    await Promise.all(sockets.map((socket) => socket.close()));
    // Each handshake was one request of five.
    const ask = () => fetch(`${server.url}/api/chat/me`, { headers: from('192.0.2.9') });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([401, 401, 429]);
  });

  test('every answer of a command says what is left, and hello says what there is', async () => {
    const ben = await server.person('Ben');
    const answer = await fetch(`${server.url}/api/chat/me`, { headers: { authorization: `Bearer ${ben.token}`, ...from('192.0.2.20') } });
    const { headers } = answer;
    expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining'), headers.get('ratelimit-policy')]).toEqual([
      '3',
      '2',
      '"read";q=3;w=60',
    ]);
    expect(headers.get('ratelimit')).toMatch(/^"read";r=2;t=\d+$/);
    const socket = await ben.connect();
    expect(socket.hello.limits.rates).toMatchObject({ read: { points: 3, seconds: 60 }, send: { points: 3000, seconds: 60 } });
    expect(await ben.ws('person.me')).toMatchObject({ ok: true });
    expect(await ben.ws('person.me')).toMatchObject({ ok: true });
    expect(await ben.ws('person.me')).toMatchObject({ ok: false, error: { code: 'rate_limited', retryAfter: expect.any(Number) } });
  });
});

test('ever new addresses push out those that were quiet longest, and do not fill the memory', async () => {
  const limits = createLimits(readConfig({ rateKeysMax: 3, rateRequestsPerAddressPerMinute: 1, authSecret: 'x'.repeat(32) }, {}));
  const take = (key: string) =>
    limits.take('request', key).then(
      () => 'taken',
      () => 'refused',
    );
  expect([await take('a'), await take('a')]).toEqual(['taken', 'refused']);
  for (const key of ['b', 'c', 'd']) await take(key);
  expect([await take('a'), await take('d')]).toEqual(['taken', 'refused']);
});
