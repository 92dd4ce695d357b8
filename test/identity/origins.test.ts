import { expect, test } from 'bun:test';
import { PASSWORD, PUBLIC_URL, worlds, type SignedUp } from './world.ts';

worlds(
  'origins',
  (world) => {
    let ann: SignedUp | null = null;
    const cookie = async () => (ann ??= await world().signUp('Ann')).cookie;
    /** What becomes of a request with the cookie. */
    const outcome = async (headers: Record<string, string>, options: { method?: string; door?: 'http' | 'socket' } = {}) =>
      world()
        .resolve({ cookie: await cookie(), ...headers }, options)
        .then(
          () => 'allowed',
          (error: { code: string }) => error.code,
        );

    test('a cookie is read from anywhere, and writes only from origins that we know', async () => {
      expect(await outcome({ origin: 'https://evil.test' })).toBe('allowed');
      expect(await outcome({ origin: 'https://evil.test' }, { method: 'HEAD' })).toBe('allowed');
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(await outcome({ origin: PUBLIC_URL }, { method })).toBe('allowed');
        expect(await outcome({ origin: 'https://app.test' }, { method })).toBe('allowed');
        for (const origin of ['https://evil.test', 'null', '', 'http://chat.test.evil.test', 'http://chat.test:8080', 'http://app.test'])
          expect(await outcome({ origin }, { method })).toBe('origin_refused');
      }
    });

    test('a socket is a write', async () => {
      expect(await outcome({ origin: PUBLIC_URL }, { door: 'socket' })).toBe('allowed');
      expect(await outcome({ origin: 'https://evil.test' }, { door: 'socket' })).toBe('origin_refused');
    });

    test('the host that the request went to is one of ours', async () => {
      expect(await outcome({ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, { method: 'POST' })).toBe('allowed');
      expect(await outcome({ origin: 'http://127.0.0.1:4000', host: '127.0.0.1:3000' }, { method: 'POST' })).toBe('origin_refused');
    });

    test('without Origin only what no other site caused is let through', async () => {
      const sites: Record<string, string>[] = [{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }];
      for (const site of sites) expect(await outcome(site, { method: 'POST' })).toBe('allowed');
      for (const site of ['cross-site', 'same-site', 'whatever']) {
        expect(await outcome({ 'sec-fetch-site': site }, { method: 'POST' })).toBe('origin_refused');
        expect(await outcome({ 'sec-fetch-site': site }, { door: 'socket' })).toBe('origin_refused');
      }
    });

    test('what a program puts into a header needs no origin', async () => {
      await cookie();
      for (const door of ['http', 'socket'] as const)
        expect((await world().resolve({ authorization: `Bearer ${ann?.token}`, origin: 'https://evil.test' }, { method: 'POST', door })).userId).toBe(
          ann?.userId ?? '',
        );
    });

    test('below /api/auth a cookie from a foreign origin changes nothing', async () => {
      const { auth, resolve } = world();
      const foreign = { cookie: await cookie(), headers: { origin: 'https://evil.test' } };
      for (const [path, body] of Object.entries({
        '/sign-out': {},
        '/update-user': { name: 'Evil' },
        '/organization/create': { name: 'Evil', slug: 'evil' },
        '/api-key/create': {},
      }))
        expect((await auth(path, { body, ...foreign })).status).toBe(403);
      expect((await resolve({ cookie: await cookie() })).name).toBe('Ann');
      expect((await auth('/update-user', { body: { name: 'Ann' }, cookie: await cookie(), headers: { origin: '', referer: '' } })).status).toBe(403);
      expect((await auth('/update-user', { body: { name: 'Ann' }, cookie: await cookie() })).status).toBe(200);
    });

    test('nobody is signed in by another site', async () => {
      const { auth } = world();
      const foreign = { headers: { origin: 'https://evil.test' } };
      await cookie();
      expect((await auth('/sign-in/anonymous', { body: {}, ...foreign })).body.error.code).toBe('origin_refused');
      expect((await auth('/sign-in/email', { body: { email: ann?.email, password: PASSWORD }, ...foreign })).status).toBe(403);
      expect((await auth('/sign-up/email', { body: { name: 'X', email: 'x@example.com', password: PASSWORD }, ...foreign })).status).toBe(403);
      for (const origin of ['https://app.test', PUBLIC_URL])
        expect((await auth('/sign-in/email', { body: { email: ann?.email, password: PASSWORD }, headers: { origin } })).status).toBe(200);
    });

    test('behind https no page of the same host over http counts', async () => {
      const secure = world().again({ publicUrl: 'https://chat.test' });
      const { cookie: mine } = await secure.signUp('Bob', { headers: { origin: 'https://chat.test' } });
      const headers = { cookie: mine, host: 'chat.test' };
      expect((await secure.resolve({ ...headers, origin: 'https://chat.test' }, { method: 'POST' })).name).toBe('Bob');
      await expect(secure.resolve({ ...headers, origin: 'http://chat.test' }, { method: 'POST' })).rejects.toMatchObject({ code: 'origin_refused' });
    });
  },
  { allowedOrigins: ['https://app.test'] },
);
