import { expect, spyOn, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { only, PASSWORD, worlds } from './world.ts';

worlds('sessions', (world) => {
  test('a person signs up, is signed in by every form of their credential, signs out and is refused at once', async () => {
    const { signUp, who, resolve, auth, refused, changes } = world();
    const ann = await signUp('Ann');
    for (const actor of [await who(ann.token), await who(ann.bare), await resolve({ cookie: ann.cookie })]) {
      expect(actor).toMatchObject({ kind: 'user', userId: ann.userId, name: 'Ann', avatarUrl: null, hidePresence: false, hideReceipts: false });
      expect(actor.sessionId).toBeString();
      expect(actor.expiresAt).toBeNumber();
    }
    changes.length = 0;
    expect((await auth('/sign-out', { body: {}, token: ann.token })).status).toBe(200);
    expect(changes).toEqual([{ kind: 'session-ended', userId: ann.userId, token: ann.bare }]);
    expect(await refused(ann.token)).toBe('unauthenticated');
    expect(await refused(ann.bare)).toBe('unauthenticated');
    await expect(resolve({ cookie: ann.cookie })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('signing in again gives another session; the token of the answer is what `resolve` tells', async () => {
    const { signUp, auth, identity } = world();
    const bob = await signUp('Bob');
    const again = await auth('/sign-in/email', { body: { email: 'BOB@example.com', password: PASSWORD } });
    expect(again.status).toBe(200);
    expect(again.body.token).not.toBe(bob.bare);
    const request = new Request('http://chat.test/api/chat/me', { headers: { authorization: `Bearer ${again.token}` } });
    expect(await identity.resolve(request, 'http')).toMatchObject({ token: again.body.token, actor: { userId: bob.userId } });
    expect((await auth('/sign-in/email', { body: { email: 'bob@example.com', password: 'not the password' } })).status).toBe(401);
  });

  test('the cookie is named after us, http only, lax, and not Secure over http', async () => {
    const { auth } = world();
    const { headers } = await auth('/sign-up/email', { body: { name: 'Cid', email: 'cid@example.com', password: PASSWORD } });
    const line = headers.getSetCookie().find((cookie) => cookie.startsWith('chinwag.session_token='));
    expect(line).toContain('HttpOnly');
    expect(line).toContain('SameSite=Lax');
    expect(line).not.toContain('Secure');
  });

  test('over https the cookie is Secure, and is found under its longer name', async () => {
    const secure = world().again({ publicUrl: 'https://chat.test' });
    const reply = await secure.auth('/sign-up/email', {
      body: { name: 'Dee', email: 'dee@example.com', password: PASSWORD },
      headers: { origin: 'https://chat.test' },
    });
    expect(reply.headers.getSetCookie()[0]).toMatch(/^__Secure-chinwag\.session_token=.*; Secure/);
    expect((await secure.resolve({ cookie: reply.cookie })).userId).toBe(reply.body.user.id);
  });

  test('tokens that are not ours are refused', async () => {
    const { signUp, refused, resolve } = world();
    const eve = await signUp('Eve');
    const [bare, signature] = eve.token.split('.');
    for (const token of ['nonsense', `${bare}x.${signature}`, `${bare}.AAAA${signature?.slice(4)}`, `${bare}.`, '.', 'a.b.c', '%', 'x'.repeat(9_000)])
      expect(await refused(token)).toBe('unauthenticated');
    await expect(resolve({})).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(resolve({ cookie: 'chinwag.session_token=' })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(resolve({ cookie: `chinwag.session_token=${bare}` })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('a session ends with its time, and a bearer in use moves that on once a day at most', async () => {
    const { signUp, who, refused, clock, store, config } = world().again({});
    const fay = await signUp('Fay');
    const { session } = store.tables;
    const end = async () => only(await store.read.select().from(session).where(eq(session.token, fay.bare))).expiresAt.getTime();
    const first = await end();
    clock.advance(3600_000);
    await who(fay.token);
    expect(await end()).toBe(first);
    clock.advance(24 * 3600_000);
    const actor = await who(fay.token);
    expect(await end()).toBe(clock.now() + config.sessionMaxAgeS * 1000);
    expect(actor.expiresAt).toBe(await end());
    clock.advance(config.sessionMaxAgeS * 1000);
    expect(await refused(fay.token)).toBe('unauthenticated');
  });

  test('a session that was not to be remembered keeps its end', async () => {
    const { signUp, auth, who, refused, clock } = world().again({});
    await signUp('Gus');
    const short = await auth('/sign-in/email', { body: { email: 'gus@example.com', password: PASSWORD, rememberMe: false } });
    clock.advance(23 * 3600_000);
    await who(short.token);
    clock.advance(2 * 3600_000);
    expect(await refused(short.token)).toBe('unauthenticated');
  });

  test('an expired session that better-auth clears away counts as ended', async () => {
    const { signUp, auth, store, changes } = world();
    const hal = await signUp('Hal');
    const { session } = store.tables;
    await store.tx(
      async (db) =>
        void (await db
          .update(session)
          .set({ expiresAt: new Date(0) })
          .where(eq(session.token, hal.bare))),
    );
    changes.length = 0;
    expect((await auth('/get-session', { token: hal.token })).body).toBeNull();
    expect(changes).toEqual([{ kind: 'session-ended', userId: hal.userId, token: hal.bare }]);
  });

  test('fields of ours cannot be set from outside', async () => {
    const { auth, signUp, store } = world();
    const { user } = store.tables;
    const plain = { name: 'Ida', email: 'ida@example.com', password: PASSWORD };
    for (const extra of [{ externalId: 'x' }, { externalOrgId: 'x' }, { lastActiveAt: 1 }, { role: 'admin' }])
      expect((await auth('/sign-up/email', { body: { ...plain, ...extra } })).status).toBe(400);
    const reply = await auth('/sign-up/email', {
      body: { ...plain, kind: 'system', hidePresence: true, banned: true, isAnonymous: true, id: 'mine' },
    });
    expect(reply.status).toBe(200);
    const row = only(await store.read.select().from(user).where(eq(user.email, plain.email)));
    expect(row).toMatchObject({ kind: 'user', hidePresence: false, banned: false, isAnonymous: false });
    expect(row.id).not.toBe('mine');
    for (const extra of [{ kind: 'bot' }, { externalId: 'x' }, { hideReceipts: true }, { role: 'admin' }])
      expect((await auth('/update-user', { body: extra, token: reply.token })).status).toBe(400);
    expect((await auth('/update-session', { body: { activeOrganizationId: 'x' }, token: reply.token })).status).toBe(404);
    expect(Object.keys(reply.body.user)).not.toContain('externalId');
    const jo = await signUp('Jo');
    expect((await auth('/admin/update-user', { body: { userId: jo.userId, data: { name: 'x' } }, token: reply.token })).status).toBe(403);
  });

  test('names and pictures are checked like those of person.update, and every wrong field is named', async () => {
    const { auth } = world();
    const wrong = { name: ' '.repeat(3), email: 'kim@example.com', password: PASSWORD, image: 'javascript:alert(1)' };
    const { status, body } = await auth('/sign-up/email', { body: wrong });
    expect(status).toBe(400);
    expect(body.error.code).toBe('invalid_input');
    expect(body.error.details.map((detail: { path: string }) => detail.path).sort()).toEqual(['image', 'name']);
    expect((await auth('/sign-up/email', { body: { ...wrong, image: undefined, name: 'x'.repeat(101) } })).status).toBe(400);
    expect((await auth('/sign-up/email', { body: { ...wrong, image: undefined, name: 'Kim', password: 'short' } })).status).toBe(400);
  });

  test('no password, token or address is in the log', async () => {
    const output: string[] = [];
    const spies = (['log', 'warn', 'error', 'info'] as const).map((level) =>
      spyOn(console, level).mockImplementation((...args) => void output.push(Bun.inspect(args))),
    );
    const { signUp, auth, refused, lines, store } = world().again({});
    const lou = await signUp('Lou');
    await auth('/sign-up/email', { body: { name: 'Lou', email: lou.email, password: PASSWORD } });
    await auth('/sign-in/email', { body: { email: lou.email, password: 'a wrong secret' } });
    await auth('/sign-in/email', { body: { email: 'nobody-knows@example.com', password: PASSWORD } });
    await auth('/sign-out', { body: {}, cookie: lou.cookie, headers: { origin: 'https://evil.test/?token=stolen' } });
    await refused(`${lou.bare}.forged`);
    const broken = world().again(
      {},
      { store: { ...store, tx: () => Promise.reject(new Error(`insert failed: ${PASSWORD}`, { cause: new Error('disk') })) } },
    );
    await broken.auth('/sign-up/email', { body: { name: 'Mia', email: 'mia@example.com', password: PASSWORD } });
    spies.forEach((spy) => spy.mockRestore());
    const logged = [...lines, ...broken.lines, ...output].join('\n');
    expect(logged).toContain('better-auth: Invalid password');
    for (const secret of [PASSWORD, 'a wrong secret', lou.bare, lou.email, 'nobody-knows', 'mia@', 'stolen']) expect(logged).not.toContain(secret);
  });
});
