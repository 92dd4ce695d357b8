import { expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { only, worlds, type SignedUp } from './world.ts';

worlds('API keys', (world) => {
  const makeKey = async (owner: SignedUp, body: Record<string, unknown> = {}) => {
    const reply = await world().auth('/api-key/create', { body: { name: 'test', ...body }, token: owner.token });
    expect(reply.status).toBe(200);
    return reply.body as { id: string; key: string; rateLimitEnabled: boolean };
  };

  test('a key acts as its owner, as a header of its own or as a bearer, as often as they like', async () => {
    const { signUp, resolve, who, again } = world();
    const ann = await signUp('Ann');
    const { key, rateLimitEnabled } = await makeKey(ann, { prefix: 'cw_' });
    expect(key).toStartWith('cw_');
    expect(rateLimitEnabled).toBe(false);
    expect(await resolve({ 'x-api-key': key })).toMatchObject({ userId: ann.userId, kind: 'user', sessionId: null, expiresAt: null });
    expect(await who(key)).toMatchObject({ userId: ann.userId });
    const uncached = again({ principalCacheMs: 0 });
    for (let i = 0; i < 12; i++) expect((await uncached.who(key)).userId).toBe(ann.userId);
  });

  test('a key for one organisation acts in that one alone, and nowhere once its owner has left', async () => {
    const { signUp, auth, who } = world();
    const bob = await signUp('Bob');
    const orgId = (await auth('/organization/create', { body: { name: 'Bob’s', slug: 'bobs' }, token: bob.token })).body.id;
    expect((await who(bob.token)).orgs.size).toBe(2);
    const { key } = await makeKey(bob, { metadata: { orgId } });
    expect(await who(key)).toMatchObject({ orgs: new Map([[orgId, 'owner']]), homeOrgId: orgId });
    await auth('/organization/delete', { body: { organizationId: orgId }, token: bob.token });
    expect(await who(key)).toMatchObject({ orgs: new Map(), homeOrgId: null });
    expect((await auth('/api-key/create', { body: { metadata: { orgId: 7 } }, token: bob.token })).status).toBe(400);
  });

  test('a deleted, disabled or expired key is refused at once', async () => {
    const { signUp, auth, who, refused, changes, clock } = world();
    const cid = await signUp('Cid');
    const [deleted, disabled, expiring] = [await makeKey(cid), await makeKey(cid), await makeKey(cid, { expiresIn: 2 * 24 * 3600 })];
    for (const { key } of [deleted, disabled, expiring]) await who(key);
    changes.length = 0;
    expect((await auth('/api-key/delete', { body: { keyId: deleted.id }, token: cid.token })).status).toBe(200);
    expect(changes).toEqual([{ kind: 'rights', userId: cid.userId }]);
    expect(await refused(deleted.key)).toBe('unauthenticated');
    expect((await auth('/api-key/update', { body: { keyId: disabled.id, enabled: false }, token: cid.token })).status).toBe(200);
    expect(await refused(disabled.key)).toBe('unauthenticated');
    clock.advance(3 * 24 * 3600_000);
    expect(await refused(expiring.key)).toBe('unauthenticated');
  });

  test('its use is noted, without telling anybody that rights changed', async () => {
    const { signUp, who, store, changes, clock } = world();
    const dee = await signUp('Dee');
    const { id, key } = await makeKey(dee);
    const { apikey } = store.tables;
    const lastUse = async () => only(await store.read.select().from(apikey).where(eq(apikey.id, id))).lastRequest?.getTime();
    changes.length = 0;
    await who(key);
    const noted = clock.now();
    expect(await lastUse()).toBe(noted);
    clock.advance(60_000);
    await who(key);
    expect(await lastUse()).toBe(noted);
    clock.advance(3600_000);
    await who(key);
    expect(await lastUse()).toBe(clock.now());
    expect(changes).toEqual([]);
  });

  test('somebody else’s key, or half of one, is nobody', async () => {
    const { signUp, refused, resolve } = world();
    const { key } = await makeKey(await signUp('Eve'));
    expect(await refused(key.slice(0, -1))).toBe('unauthenticated');
    await expect(resolve({ 'x-api-key': `${key}x` })).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
