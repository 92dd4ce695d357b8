import { expect, test } from 'bun:test';
import { and, eq, like } from 'drizzle-orm';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { createHmac } from 'node:crypto';
import { CommandError } from '../../src/kernel/errors.ts';
import { newId } from '../../src/lib/id.ts';
import { upTo } from '../support/rows.ts';
import { only, worlds, type World } from './world.ts';

const JWT_SECRET = 'the-secret-that-the-host-app-knows';
const ISSUER = 'https://host.test';

type Options = { alg?: string; secret?: string; issuer?: string | null; audience?: string | null; expiresAt?: number | null };

/** As the host application makes it; `null` leaves a claim out. */
function sign(
  world: World,
  claims: JWTPayload,
  { alg = 'HS256', secret = JWT_SECRET, issuer = ISSUER, audience = 'chinwag', expiresAt = world.clock.now() + 3600_000 }: Options = {},
) {
  const jwt = new SignJWT(claims).setProtectedHeader({ alg });
  if (issuer !== null) jwt.setIssuer(issuer);
  if (audience !== null) jwt.setAudience(audience);
  if (expiresAt !== null) jwt.setExpirationTime(Math.floor(expiresAt / 1000));
  return jwt.sign(new TextEncoder().encode(secret));
}

const config = { jwtSecret: JWT_SECRET, jwtIssuer: ISSUER, jwtAudience: 'chinwag' };

worlds(
  'tokens of a host application',
  (world) => {
    const sentence = async (token: string): Promise<string> => {
      try {
        await world().who(token);
      } catch (error) {
        if (error instanceof CommandError) return `${error.code}: ${error.message}`;
      }
      return 'nobody refused';
    };
    const usersOf = (externalId: string) =>
      world().store.read.select().from(world().store.tables.user).where(eq(world().store.tables.user.externalId, externalId));

    test('the first sight makes the person, their membership and the default organisation', async () => {
      const token = await sign(world(), { sub: 'u1', name: 'Ann', picture: 'https://pictures.test/a.png', role: 'admin' });
      const actor = await world().who(token);
      expect(actor).toMatchObject({ kind: 'user', name: 'Ann', avatarUrl: 'https://pictures.test/a.png', sessionId: null });
      expect([...actor.orgs.values()]).toEqual(['admin']);
      expect(actor.homeOrgId).toBe([...actor.orgs.keys()][0] ?? '');
      const person = only(await usersOf('u1'));
      expect(person).toMatchObject({
        id: actor.userId,
        externalOrgId: actor.homeOrgId,
        email: `${person.id}@external.invalid`,
        emailVerified: false,
        role: null,
      });
      const { token: told } = await world().identity.resolve(
        new Request('http://chat.test/', { headers: { authorization: `Bearer ${token}` } }),
        'http',
      );
      expect(told).toBe(token);
    });

    test('first sights that race make one person and one organisation', async () => {
      const tokens = await Promise.all(
        Array.from({ length: 8 }, (_, i) => sign(world(), { sub: 'racer', name: 'Racer', org: 'race', jti: String(i) })),
      );
      const actors = await Promise.all(tokens.map((token) => world().who(token)));
      expect(new Set(actors.map((actor) => actor.userId)).size).toBe(1);
      only(await usersOf('racer'));
      const { member, organization } = world().store.tables;
      only(await world().store.read.select().from(organization).where(eq(organization.slug, 'race')));
      only(
        await world()
          .store.read.select()
          .from(member)
          .where(eq(member.userId, actors[0]?.userId ?? '')),
      );
    });

    test('a later sight updates what changed, and writes nothing when nothing did', async () => {
      let writes = 0;
      const { store } = world();
      const counting = world().again(config, { store: { ...store, tx: (work, committed) => (writes++, store.tx(work, committed)) } });
      const see = async (claims: JWTPayload) => counting.who(await sign(counting, { sub: 'u2', org: 'later', jti: newId(), ...claims }));
      const first = await see({ name: 'Bob' });
      expect(writes).toBe(1);
      expect((await see({ name: 'Bob' })).userId).toBe(first.userId);
      expect((await see({})).name).toBe('Bob');
      expect(writes).toBe(1);
      const changed = await see({ name: 'Robert', picture: 'https://pictures.test/b.png', role: 'owner' });
      expect(changed).toMatchObject({ userId: first.userId, name: 'Robert', avatarUrl: 'https://pictures.test/b.png' });
      expect([...changed.orgs.values()]).toEqual(['owner']);
      expect([...(await see({ role: 'emperor' })).orgs.values()]).toEqual(['member']);
      expect(writes).toBe(3);
      const long = await see({ name: '🚣'.repeat(150) });
      expect(Array.from(long.name)).toHaveLength(100);
      await see({ name: '🚣'.repeat(150) });
      expect(writes).toBe(4);
    });

    test('the same sub in two organisations is two people, each in their own alone', async () => {
      const inOne = await world().who(await sign(world(), { sub: 'twin', org: 'one' }));
      const inTwo = await world().who(await sign(world(), { sub: 'twin', org: 'two' }));
      expect(inOne.userId).not.toBe(inTwo.userId);
      const { member } = world().store.tables;
      const elsewhere = { id: newId(), organizationId: inTwo.homeOrgId ?? '', userId: inOne.userId, role: 'owner', createdAt: new Date() };
      await world().store.tx(async (db) => void (await db.insert(member).values(elsewhere)));
      world().identity.forget(inOne.userId);
      const again = await world().who(await sign(world(), { sub: 'twin', org: 'one', jti: 'again' }));
      expect([...again.orgs.keys()]).toEqual([inOne.homeOrgId ?? '']);
    });

    test('an organisation is found by its id or slug; `default` and nothing are the default one', async () => {
      const { homeOrgId } = await world().who(await sign(world(), { sub: 'u3', org: 'found' }));
      expect((await world().who(await sign(world(), { sub: 'u3', org: homeOrgId ?? '' }))).homeOrgId).toBe(homeOrgId);
      const byDefault = await world().who(await sign(world(), { sub: 'u3' }));
      expect((await world().who(await sign(world(), { sub: 'u3', org: 'default' }))).userId).toBe(byDefault.userId);
    });

    test('unknown organisations are refused when they may not be made', async () => {
      const strict = world().again({ ...config, jwtCreateOrganisations: false });
      const token = await sign(strict, { sub: 'u4', org: 'nowhere' });
      await expect(strict.who(token)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('"nowhere"') });
      expect(await usersOf('u4')).toEqual([]);
    });

    test('a membership that was taken away comes back with the next token; a ban stays', async () => {
      const actor = await world().who(await sign(world(), { sub: 'u5', org: 'kept' }));
      const { store, identity } = world();
      const { member, user } = store.tables;
      await store.tx(async (db) => void (await db.delete(member).where(and(eq(member.userId, actor.userId)))));
      identity.forget(actor.userId);
      expect((await world().who(await sign(world(), { sub: 'u5', org: 'kept' }))).orgs.size).toBe(1);
      await store.tx(async (db) => void (await db.update(user).set({ banned: true }).where(eq(user.id, actor.userId))));
      identity.forget(actor.userId);
      expect(await world().refused(await sign(world(), { sub: 'u5', org: 'kept' }))).toBe('banned');
    });

    test('expired tokens are refused, those within the skew are not, and no token is believed beyond its end', async () => {
      const skewed = world().again({ ...config, principalCacheMs: 3600_000 });
      const token = await sign(skewed, { sub: 'u6' }, { expiresAt: skewed.clock.now() + 60_000 });
      await skewed.who(token);
      skewed.clock.advance(60_000 + 29_000);
      const actor = await skewed.who(token);
      expect(actor.expiresAt).toBeGreaterThan(skewed.clock.now());
      skewed.clock.advance(3_000);
      expect(await skewed.refused(token)).toBe('unauthenticated');
      const early = await sign(skewed, { sub: 'u6', nbf: Math.floor(skewed.clock.now() / 1000) + 60 });
      expect(await skewed.refused(early)).toBe('unauthenticated');
    });

    test('a token without an end is good, and believed no longer than the cache is', async () => {
      const actor = await world().who(await sign(world(), { sub: 'endless', name: 'Endless' }, { expiresAt: null }));
      expect(actor).toMatchObject({ name: 'Endless', expiresAt: null });
    });

    test('every token that does not say what we require is refused, with the reason and nothing of its content', async () => {
      const claims = { sub: 'u7-private' };
      const expected: [string, string | Promise<string>][] = [
        ['has expired', sign(world(), claims, { expiresAt: world().clock.now() - 31_000 })],
        ['"sub"', sign(world(), {})],
        ['sub:', sign(world(), { sub: '' })],
        ['sub:', sign(world(), { sub: 'x'.repeat(256) })],
        ['"iss"', sign(world(), claims, { issuer: 'https://evil.test' })],
        ['"iss"', sign(world(), claims, { issuer: null })],
        ['"aud"', sign(world(), claims, { audience: 'another app' })],
        ['"aud"', sign(world(), claims, { audience: null })],
        ['not valid', sign(world(), claims, { secret: 'some other secret, also long enough' })],
        ['algorithm', sign(world(), claims, { alg: 'HS512', secret: JWT_SECRET.repeat(2) })],
        ['algorithm', new UnsecuredJWT(claims).setIssuer(ISSUER).setAudience('chinwag').setExpirationTime('1h').encode()],
        ['picture:', sign(world(), { ...claims, picture: 'javascript:alert(1)' })],
        ['org:', sign(world(), { ...claims, org: 'x'.repeat(101) })],
        ['name:', sign(world(), { ...claims, name: 7 })],
      ];
      for (const [reason, token] of expected) {
        const told = await sentence(await token);
        expect(told).toStartWith('unauthenticated: ');
        expect(told).toContain(reason);
        expect(told).not.toContain('private');
      }
      const good = await sign(world(), claims);
      expect(await world().refused(`${good.slice(0, -4)}AAAA`)).toBe('unauthenticated');
      expect(await usersOf('u7-private')).toEqual([]);
    });

    test('a good signature stands for its own header and claims only, and for nothing that must be understood and is not', async () => {
      const token = await sign(world(), { sub: 'u10' });
      const other = await sign(world(), { sub: 'u10', role: 'owner' });
      const [header = '', payload = '', signature = ''] = token.split('.');
      const unsecured = new UnsecuredJWT({ sub: 'u10' }).encode().split('.')[0] ?? '';
      const critical = Buffer.from('{"alg":"HS256","crit":["exp"]}').toString('base64url');
      const signed = (text: string): string => `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
      const forged = [
        `${header}.${other.split('.')[1]}.${signature}`,
        `${unsecured}.${payload}.${signature}`,
        `${unsecured}.${payload}.`,
        `${header}.${payload}.`,
        `${header}.${payload}.${signature}.${signature}`,
        `${header}.${payload}.${signature}=`,
        signed(`${critical}.${payload}`),
        signed(`${header}.${payload}.x`),
        signed(`${header}.e30x!`),
      ];
      for (const one of forged) expect([one, await world().refused(one)]).toEqual([one, 'unauthenticated']);
      expect(await usersOf('u10')).toEqual([]);
      await world().who(signed(`${header}.${payload}`));
      expect(await usersOf('u10')).toHaveLength(1);
    });

    test('people who come in the same moment are each themselves', async () => {
      const tokens = await Promise.all(upTo(70).map((n) => sign(world(), { sub: `crowd-${n}`, ...(n % 7 === 0 && { org: 'default' }) })));
      await Promise.all(tokens.map((token) => world().who(token)));
      const later = world().again(config);
      const seen = await Promise.all([...tokens, 'nonsense', ...tokens.slice(0, 3)].map((token) => later.who(token).catch(() => null)));
      const ids = seen.map((actor) => actor?.userId);
      const { user } = world().store.tables;
      const rows = await world().store.read.select().from(user).where(like(user.externalId, 'crowd-%'));
      const byName = new Map(rows.map(({ externalId, id }) => [externalId, id]));
      const people = upTo(70).map((n) => byName.get(`crowd-${n}`));
      expect(ids).toEqual([...people, undefined, ...people.slice(0, 3)]);
      expect(new Set(ids).size).toBe(71);
    });

    test('where an end is required, a token without one is refused', async () => {
      const { refused } = world().again({ ...config, jwtRequireExpiry: true });
      expect(await refused(await sign(world(), { sub: 'endless' }, { expiresAt: null }))).toBe('unauthenticated');
    });

    test('without a secret or keys, tokens are not accepted', async () => {
      const { refused } = world().again({});
      expect(await refused(await sign(world(), { sub: 'u8' }))).toBe('unauthenticated');
    });

    test('a host application’s token opens nothing below /api/auth', async () => {
      const token = await sign(world(), { sub: 'u9', role: 'owner' });
      await world().who(token);
      expect((await world().auth('/get-session', { token })).body).toBeNull();
      expect((await world().auth('/api-key/create', { body: {}, token })).status).toBe(401);
    });
  },
  config,
);
