import { afterAll, expect, test } from 'bun:test';
import { asc, eq } from 'drizzle-orm';
import { generateVAPIDKeys } from 'web-push';
import { dialects } from '../support/database.ts';
import type { Person } from '../support/person.ts';
import { startPushService } from '../support/push-service.ts';
import { upTo } from '../support/rows.ts';
import { scenarios } from '../support/scenario.ts';
import { startServer, type TestServer } from '../support/server.ts';

const service = startPushService();
afterAll(() => service.stop());

async function endpointsOf({ app }: TestServer, { userId }: Person): Promise<string[]> {
  const { pushSubscription } = app.ports.store.tables;
  const rows = await app.ports.store.read
    .select()
    .from(pushSubscription)
    .where(eq(pushSubscription.userId, userId))
    .orderBy(asc(pushSubscription.createdAt), asc(pushSubscription.id));
  return rows.map((row) => row.endpoint);
}

const refused = (path: string) => ({ ok: false, error: { code: 'invalid_input', details: [{ path }] } });

scenarios(
  'Subscriptions to Web Push',
  (scenario) => {
    scenario('a browser is subscribed once, however often it says so, until it says otherwise; nobody hears of it', async ({ server, door }) => {
      const ben = await server.person('Ben');
      const his = await ben.connect();
      const { subscription } = service.browser();
      const first = await ben.by(door, 'push.subscribe', { ...subscription, expirationTime: null });
      expect(first).toMatchObject({ ok: true, data: { endpoint: subscription.endpoint, createdAt: server.clock.now(), expiresAt: null } });
      const again = await ben.by(door, 'push.subscribe', subscription);
      expect(again).toMatchObject({ ok: true });
      if (door === 'http') expect([first.status, again.status]).toEqual([201, 200]);
      const expirationTime = server.clock.now() + 60_000;
      expect(await ben.must('push.subscribe', { ...subscription, expirationTime }, door)).toMatchObject({ expiresAt: expirationTime });
      expect(await endpointsOf(server, ben)).toEqual([subscription.endpoint]);
      for (const _ of [1, 2]) await ben.must('push.unsubscribe', { endpoint: subscription.endpoint }, door);
      expect(await endpointsOf(server, ben)).toEqual([]);
      expect(await his.news()).toEqual([]);
    });

    scenario('whoever signs in with the same browser takes it over; whoever knows the endpoint alone does not', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { subscription } = service.browser();
      await ann.must('push.subscribe', subscription, door);
      const stolen = { endpoint: subscription.endpoint, keys: service.browser().subscription.keys };
      expect(await ben.by(door, 'push.subscribe', stolen)).toMatchObject({ ok: false, error: { code: 'conflict' } });
      await ben.must('push.unsubscribe', { endpoint: subscription.endpoint }, door);
      expect(await endpointsOf(server, ann)).toEqual([subscription.endpoint]);
      await ben.must('push.subscribe', subscription, door);
      expect([await endpointsOf(server, ann), await endpointsOf(server, ben)]).toEqual([[], [subscription.endpoint]]);
    });

    scenario('pushSubscriptionsMax: one browser more takes the place of the oldest', async ({ server, door }) => {
      const ben = await server.person('Ben');
      const browsers = upTo(4).map(() => service.browser().subscription);
      for (const subscription of browsers) {
        await ben.must('push.subscribe', subscription, door);
        server.clock.advance(1);
      }
      expect(await endpointsOf(server, ben)).toEqual(browsers.slice(1).map(({ endpoint }) => endpoint));
    });

    scenario('pushEndpointMaxCodePoints: the longest address may be subscribed, one code point more may not', async ({ server, door }) => {
      const ben = await server.person('Ben');
      const { keys } = service.browser().subscription;
      const endpoint = (length: number): string => `${service.origin}/${door}`.padEnd(length, 'x');
      await ben.must('push.subscribe', { endpoint: endpoint(200), keys }, door);
      expect(await ben.by(door, 'push.subscribe', { endpoint: endpoint(201), keys })).toMatchObject(refused('endpoint'));
    });

    scenario('what is no key of a browser is refused', async ({ server, door }) => {
      const ben = await server.person('Ben');
      const { endpoint, keys } = service.browser().subscription;
      const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]).toString('base64url');
      for (const p256dh of [offCurve, keys.p256dh.slice(2), 'AAAA'])
        expect(await ben.by(door, 'push.subscribe', { endpoint, keys: { ...keys, p256dh } })).toMatchObject(refused('keys.p256dh'));
      for (const auth of ['AAAA', `${keys.auth}AAAA`, 'not base64!'])
        expect(await ben.by(door, 'push.subscribe', { endpoint, keys: { ...keys, auth } })).toMatchObject(refused('keys.auth'));
    });
  },
  { pushAllowPrivate: true, pushSubscriptionsMax: 3, pushEndpointMaxCodePoints: 200 },
);

scenarios('Addresses of push services', (scenario) => {
  scenario('only https on the internet', async ({ server, door }) => {
    const ben = await server.person('Ben');
    const { keys } = service.browser().subscription;
    const inside = [
      ...['localhost', 'chat.localhost', 'printer.local', 'db.internal', 'intranet', '127.0.0.1', '127.1', '2130706433', '0x7f.1', '0.0.0.0'],
      ...['10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255'],
      ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:a00:1]', '[fe80::1]', '[fd00::1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'],
    ];
    const wrong = [
      ...inside.map((host) => `https://${host}/push`),
      'http://push.example.com/x',
      'https://me:secret@push.example.com/',
      'ftp://x.example',
      'x',
    ];
    for (const endpoint of wrong)
      expect([endpoint, await ben.by(door, 'push.subscribe', { endpoint, keys })]).toMatchObject([endpoint, refused('endpoint')]);
    for (const host of ['push.example.com', '8.8.8.8', '[2606:4700::1111]'])
      await ben.must('push.subscribe', { endpoint: `https://${host}/${door}`, keys }, door);
  });
});

for (const dialect of dialects) {
  test(`the keys are made once and kept on ${dialect}; with other keys everybody subscribes anew`, async () => {
    const server = await startServer({ dialect });
    const ben = await server.person('Ben');
    const { publicKey } = await ben.must('push.key');
    expect(Buffer.from(publicKey, 'base64url')).toHaveLength(65);
    await ben.must('push.subscribe', { endpoint: 'https://push.example.com/x', keys: service.browser().subscription.keys });
    await server.restart();
    expect(await ben.must('push.key')).toEqual({ publicKey });
    expect(await endpointsOf(server, ben)).toHaveLength(1);

    const rotated = generateVAPIDKeys();
    const config = { vapidPublicKey: rotated.publicKey, vapidPrivateKey: rotated.privateKey };
    const other = await startServer({ database: server.database, config });
    const cem = await other.person('Cem');
    expect(await cem.must('push.key')).toEqual({ publicKey: rotated.publicKey });
    expect(await endpointsOf(other, ben)).toEqual([]);
    await cem.disconnect();
    await other.app.stop();
    await server.stop();
  });

  test(`of several processes that start together on ${dialect} all have the same keys`, async () => {
    const first = await startServer({ dialect });
    const { store } = first.app.ports;
    await store.tx(async (db) => void (await db.delete(store.tables.setting)));
    const others = await Promise.all(upTo(3).map(() => startServer({ database: first.database })));
    expect(new Set(others.map(({ app }) => app.ports.push.publicKey)).size).toBe(1);
    for (const { app } of others) await app.stop();
    await first.stop();
  });
}
