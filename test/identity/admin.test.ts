import { expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { StoreUnavailable } from '../../src/db/errors.ts';
import { only, PASSWORD, worlds, type SignedUp } from './world.ts';

worlds('administration', (world) => {
  let first: SignedUp | null = null;
  /** The first person of the database. */
  const admin = async () => (first ??= await world().signUp('Admin'));

  test('a ban is told, and nothing of the person is believed from then on', async () => {
    const { token } = await admin();
    const { signUp, auth, who, refused, resolve, changes } = world();
    const bob = await signUp('Bob');
    await who(bob.token);
    const key = (await auth('/api-key/create', { body: { name: 'k' }, token: bob.token })).body.key as string;
    await resolve({ 'x-api-key': key });
    changes.length = 0;
    expect((await auth('/admin/ban-user', { body: { userId: bob.userId, banReason: 'spam' }, token })).status).toBe(200);
    expect(changes).toEqual([
      { kind: 'banned', userId: bob.userId },
      { kind: 'session-ended', userId: bob.userId, token: bob.bare },
    ]);
    expect(await refused(bob.token)).toBe('unauthenticated');
    expect(await refused(key)).toBe('banned');
    expect((await auth('/sign-in/email', { body: { email: bob.email, password: PASSWORD } })).status).toBe(403);
    expect((await auth('/admin/unban-user', { body: { userId: bob.userId }, token })).status).toBe(200);
    expect((await resolve({ 'x-api-key': key })).userId).toBe(bob.userId);
  });

  test('a ban by another hand refuses the session that is left; one that has ended does not', async () => {
    const { signUp, who, refused, identity, store, clock } = world();
    const cid = await signUp('Cid');
    const { user } = store.tables;
    const ban = async (banExpires: Date | null) => {
      await store.tx(async (db) => void (await db.update(user).set({ banned: true, banExpires }).where(eq(user.id, cid.userId))));
      identity.forget(cid.userId);
    };
    await who(cid.token);
    await ban(null);
    expect(await refused(cid.token)).toBe('banned');
    await ban(new Date(clock.now() + 60_000));
    expect(await refused(cid.token)).toBe('banned');
    clock.advance(60_001);
    expect((await who(cid.token)).userId).toBe(cid.userId);
  });

  test('a revoked session ends; the others of the person go on', async () => {
    const { token } = await admin();
    const { signUp, auth, who, refused, changes } = world();
    const dee = await signUp('Dee');
    const second = await auth('/sign-in/email', { body: { email: dee.email, password: PASSWORD } });
    await who(dee.token);
    await who(second.token);
    changes.length = 0;
    expect((await auth('/admin/revoke-user-session', { body: { sessionToken: dee.bare }, token })).status).toBe(200);
    expect(changes).toEqual([{ kind: 'session-ended', userId: dee.userId, token: dee.bare }]);
    expect(await refused(dee.token)).toBe('unauthenticated');
    expect((await who(second.token)).userId).toBe(dee.userId);
    const third = await auth('/sign-in/email', { body: { email: dee.email, password: PASSWORD } });
    expect((await auth('/revoke-other-sessions', { body: {}, token: third.token })).status).toBe(200);
    expect(await refused(second.token)).toBe('unauthenticated');
    expect((await auth('/admin/revoke-user-sessions', { body: { userId: dee.userId }, token })).status).toBe(200);
    expect(await refused(third.token)).toBe('unauthenticated');
  });

  test('a changed password with the others signed out refuses their sessions at once', async () => {
    const { signUp, auth, who, refused } = world();
    const eve = await signUp('Eve');
    const second = await auth('/sign-in/email', { body: { email: eve.email, password: PASSWORD } });
    await who(second.token);
    const body = { currentPassword: PASSWORD, newPassword: 'another long password', revokeOtherSessions: true };
    expect((await auth('/change-password', { body, token: eve.token })).status).toBe(200);
    expect(await refused(second.token)).toBe('unauthenticated');
  });

  test('a removed user leaves all organisations by jobs and is told as deleted', async () => {
    const { token } = await admin();
    const { signUp, auth, jobs, changes, refused, who, store } = world();
    const fay = await signUp('Fay');
    const orgId = (await auth('/organization/create', { body: { name: 'Fay’s', slug: 'fays' }, token: fay.token })).body.id;
    const orgs = [...(await who(fay.token)).orgs.keys()];
    expect(orgs).toHaveLength(2);
    changes.length = 0;
    expect((await auth('/admin/remove-user', { body: { userId: fay.userId }, token })).status).toBe(200);
    const left = (await jobs()).filter((job) => job.userId === fay.userId);
    expect(left).toHaveLength(2);
    expect(left).toEqual(expect.arrayContaining([expect.objectContaining({ orgId, userId: fay.userId })]));
    expect(changes).toContainEqual({ kind: 'user-deleted', userId: fay.userId });
    expect(await refused(fay.token)).toBe('unauthenticated');
    const { member } = store.tables;
    expect(await store.read.select().from(member).where(eq(member.userId, fay.userId))).toEqual([]);
  });

  test('a changed name or role of the account is told, and counts at once', async () => {
    const { token } = await admin();
    const { signUp, auth, who, changes } = world();
    const gil = await signUp('Gil');
    await who(gil.token);
    changes.length = 0;
    expect((await auth('/update-user', { body: { name: 'Gilbert', image: 'https://pictures.test/g.png' }, token: gil.token })).status).toBe(200);
    expect(changes).toEqual([{ kind: 'rights', userId: gil.userId }]);
    expect(await who(gil.token)).toMatchObject({ name: 'Gilbert', avatarUrl: 'https://pictures.test/g.png' });
    expect((await auth('/admin/update-user', { body: { userId: gil.userId, data: { name: 'G' } }, token })).status).toBe(200);
    expect((await who(gil.token)).name).toBe('G');
  });

  test('not even an admin sets the fields that are ours', async () => {
    const { token } = await admin();
    const { auth, signUp, store } = world();
    const hal = await signUp('Hal');
    for (const data of [{ kind: 'system' }, { externalId: 'x' }, { id: 'x' }, { isAnonymous: true }, { name: '' }])
      expect((await auth('/admin/update-user', { body: { userId: hal.userId, data }, token })).status).toBe(400);
    const person = { name: 'Ida', email: 'ida@example.com', password: PASSWORD };
    expect((await auth('/admin/create-user', { body: { ...person, data: { kind: 'bot' } }, token })).status).toBe(400);
    expect((await auth('/admin/create-user', { body: person, token })).status).toBe(200);
    const { user, member } = store.tables;
    const made = only(await store.read.select().from(user).where(eq(user.email, person.email)));
    expect(made).toMatchObject({ kind: 'user', role: 'user' });
    expect(only(await store.read.select().from(member).where(eq(member.userId, made.id))).role).toBe('member');
  });

  test('a guest who signs up is somebody new; the guest leaves by a job', async () => {
    const { guest, auth, jobs, changes } = world();
    const visitor = await guest();
    changes.length = 0;
    const reply = await auth('/sign-up/email', { body: { name: 'Jo', email: 'jo@example.com', password: PASSWORD }, token: visitor.token });
    expect(reply.status).toBe(200);
    expect(changes).toContainEqual({ kind: 'user-deleted', userId: visitor.userId });
    expect((await jobs()).some((job) => job.userId === visitor.userId)).toBe(true);
  });

  test('when the database does not answer, nobody is told that they are signed out or cannot sign up', async () => {
    const { signUp, again, store } = world();
    const kim = await signUp('Kim');
    const gone = () => {
      throw new StoreUnavailable('gone');
    };
    const sentences = { '/sign-up/email': { name: 'X', email: 'x@example.com', password: PASSWORD }, '/update-user': { name: 'Y' }, '/sign-out': {} };
    const dark = again({}, { store: { ...store, tx: async () => gone(), read: new Proxy(store.read, { get: () => gone }) } });
    const readOnly = again({}, { store: { ...store, tx: async () => gone() } });
    for (const [path, body] of Object.entries(sentences)) {
      expect((await dark.auth(path, { body, token: kim.token })).body.error.code).toBe('unavailable');
      expect((await readOnly.auth(path, { body, token: kim.token })).body.error.code).toBe('unavailable');
    }
    await expect(dark.who(kim.token)).rejects.toBeInstanceOf(StoreUnavailable);
    expect((await readOnly.who(kim.token)).userId).toBe(kim.userId);
  });
});
