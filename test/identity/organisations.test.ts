import { describe, expect, test } from 'bun:test';
import { and, eq } from 'drizzle-orm';
import { dialects } from '../support/database.ts';
import { only, inWorld, PASSWORD, worlds, type World } from './world.ts';

const membershipsOf = async ({ store }: World, userId: string) =>
  store.read.select().from(store.tables.member).where(eq(store.tables.member.userId, userId));

for (const dialect of dialects) {
  describe(`an empty database on ${dialect}`, () => {
    test('of first sign-ups that race exactly one becomes owner and admin, and there is one default organisation', () =>
      inWorld(dialect, { defaultOrganisation: 'Our club' }, async (world) => {
        const people = await Promise.all(['Ann', 'Bob', 'Cid', 'Dee'].map((name) => world.signUp(name)));
        const { store } = world;
        const organisation = only(await store.read.select().from(store.tables.organization));
        expect(organisation).toMatchObject({ name: 'Our club', slug: 'default' });
        const members = await store.read.select().from(store.tables.member);
        expect(members.map((member) => member.role).sort()).toEqual(['member', 'member', 'member', 'owner']);
        const admins = await store.read.select().from(store.tables.user).where(eq(store.tables.user.role, 'admin'));
        expect(only(admins).id).toBe(members.find((member) => member.role === 'owner')?.userId ?? '');
        for (const person of people) expect((await world.who(person.token)).homeOrgId).toBe(organisation.id);
        expect(await store.read.select().from(store.tables.setting).where(eq(store.tables.setting.key, 'default_organisation'))).toEqual([
          { key: 'default_organisation', value: organisation.id },
        ]);
      }));

    test('a guest is never its owner; people who race after the guest still make one owner', () =>
      inWorld(dialect, {}, async (world) => {
        const guest = await world.guest();
        expect(only(await membershipsOf(world, guest.userId)).role).toBe('member');
        expect(await world.who(guest.token)).toMatchObject({ kind: 'guest', orgs: new Map([[expect.any(String), 'member']]) });
        const people = await Promise.all(['Ann', 'Bob', 'Cid'].map((name) => world.signUp(name)));
        const roles = await Promise.all(people.map(async (person) => only(await membershipsOf(world, person.userId)).role));
        expect(roles.sort()).toEqual(['member', 'member', 'owner']);
      }));

    test('without the default organisation only the first person is in it', () =>
      inWorld(dialect, { joinDefaultOrganisation: false }, async (world) => {
        const first = await world.signUp('Ann');
        const second = await world.signUp('Bob');
        expect(only(await membershipsOf(world, first.userId)).role).toBe('owner');
        expect(await membershipsOf(world, second.userId)).toEqual([]);
        expect(await world.who(second.token)).toMatchObject({ orgs: new Map(), homeOrgId: null });
      }));
  });
}

worlds('organisations', (world) => {
  const clubOf = async (owner: { token: string }, slug: string, on = world()) => {
    const reply = await on.auth('/organization/create', { body: { name: slug, slug }, token: owner.token });
    expect(reply.status).toBe(200);
    return reply.body.id as string;
  };

  test('a club is made, joined by invitation, made active, its roles changed; each step is told and counts at once', async () => {
    const { signUp, auth, who, changes } = world();
    const [ann, bob] = [await signUp('Ann'), await signUp('Bob')];
    const orgId = await clubOf(ann, 'rowing');
    expect((await who(ann.token)).orgs.get(orgId)).toBe('owner');
    expect((await who(ann.token)).homeOrgId).toBe(orgId);
    await who(bob.token);
    const invitation = await auth('/organization/invite-member', {
      body: { email: bob.email, role: 'member', organizationId: orgId },
      token: ann.token,
    });
    changes.length = 0;
    expect((await auth('/organization/accept-invitation', { body: { invitationId: invitation.body.id }, token: bob.token })).status).toBe(200);
    expect(changes).toContainEqual({ kind: 'rights', userId: bob.userId });
    expect((await who(bob.token)).orgs.get(orgId)).toBe('member');
    const memberId = only((await membershipsOf(world(), bob.userId)).filter((member) => member.organizationId === orgId)).id;
    changes.length = 0;
    expect(
      (await auth('/organization/update-member-role', { body: { memberId, role: 'admin', organizationId: orgId }, token: ann.token })).status,
    ).toBe(200);
    expect(changes).toEqual([{ kind: 'rights', userId: bob.userId }]);
    expect((await who(bob.token)).orgs.get(orgId)).toBe('admin');
    const home = (await who(bob.token)).homeOrgId;
    expect(home).toBe(orgId);
    const other = [...(await who(bob.token)).orgs.keys()].find((id) => id !== orgId);
    expect((await auth('/organization/set-active', { body: { organizationId: other }, token: bob.token })).status).toBe(200);
    expect((await who(bob.token)).homeOrgId).toBe(other ?? '');
  });

  test('whoever is removed, or leaves, loses the organisation at once, and their conversations by a job', async () => {
    const { signUp, auth, who, jobs, store, changes, woken } = world();
    const [cid, dee] = [await signUp('Cid'), await signUp('Dee')];
    const orgId = await clubOf(cid, 'chess');
    const join = async () => {
      const { body } = await auth('/organization/invite-member', {
        body: { email: dee.email, role: 'member', organizationId: orgId },
        token: cid.token,
      });
      await auth('/organization/accept-invitation', { body: { invitationId: body.id }, token: dee.token });
      expect((await who(dee.token)).orgs.has(orgId)).toBe(true);
    };
    await store.tx(async (db) => void (await db.delete(store.tables.outbox)));
    await join();
    changes.length = 0;
    const before = woken();
    expect(
      (await auth('/organization/remove-member', { body: { memberIdOrEmail: dee.email, organizationId: orgId }, token: cid.token })).status,
    ).toBe(200);
    expect(await jobs()).toEqual([{ orgId, userId: dee.userId }]);
    expect(woken()).toBe(before + 1);
    expect(changes).toEqual([{ kind: 'rights', userId: dee.userId }]);
    const actor = await who(dee.token);
    expect(actor.orgs.has(orgId)).toBe(false);
    expect(actor.homeOrgId).not.toBe(orgId);
    await join();
    expect((await auth('/organization/leave', { body: { organizationId: orgId }, token: dee.token })).status).toBe(200);
    expect(await jobs()).toHaveLength(2);
    await join();
    expect((await auth('/organization/delete', { body: { organizationId: orgId }, token: cid.token })).status).toBe(200);
    expect((await jobs()).slice(2)).toEqual(
      expect.arrayContaining([
        { orgId, userId: cid.userId },
        { orgId, userId: dee.userId },
      ]),
    );
    expect((await who(cid.token)).orgs.has(orgId)).toBe(false);
  });

  test('a write that fails takes its jobs back and tells nobody', async () => {
    const { signUp, auth, jobs, store, changes, again } = world();
    const [gil, hex] = [await signUp('Gil'), await signUp('Hex')];
    const orgId = await clubOf(gil, 'sailing');
    const { member, outbox } = store.tables;
    await store.tx(async (db) => {
      await db.delete(outbox);
      await db.insert(member).values({ id: `m-${hex.userId}`, organizationId: orgId, userId: hex.userId, role: 'member', createdAt: new Date() });
    });
    const failing = again(
      {},
      {
        store: {
          ...store,
          tx: (work, committed) =>
            store.tx(async (db) => {
              await work(db);
              throw new Error('the disk is full');
            }, committed),
        },
      },
    );
    changes.length = 0;
    const { status } = await failing.auth('/organization/remove-member', {
      body: { memberIdOrEmail: hex.email, organizationId: orgId },
      token: gil.token,
    });
    expect(status).toBe(500);
    expect(await jobs()).toEqual([]);
    expect(failing.changes).toEqual([]);
    expect((await auth('/organization/list-members', { token: gil.token })).body.total).toBe(2);
  });

  test('the slug of the default organisation is nobody else’s, guests make none, and odd names are refused', async () => {
    const { signUp, guest, auth } = world();
    const ida = await signUp('Ida');
    for (const slug of ['default', 'Default', 'a b', '', 'x'.repeat(64)])
      expect((await auth('/organization/create', { body: { name: 'X', slug }, token: ida.token })).status).toBe(400);
    const club = await clubOf(ida, 'reserved-test');
    expect((await auth('/organization/update', { body: { organizationId: club, data: { slug: 'default' } }, token: ida.token })).status).toBe(400);
    const visitor = await guest();
    expect((await auth('/organization/create', { body: { name: 'X', slug: 'guests' }, token: visitor.token })).body.error.code).toBe('forbidden');
    expect((await auth('/api-key/create', { body: {}, token: visitor.token })).body.error.code).toBe('forbidden');
    const key = (await auth('/api-key/create', { body: {}, token: ida.token })).body.key;
    const mixed = { body: {}, cookie: visitor.cookie, headers: { 'x-api-key': key } };
    expect((await auth('/api-key/create', mixed)).status).toBe(401);
  });

  test('where tokens of a host application find organisations by name, only admins name one', async () => {
    const { signUp, again, store } = world();
    const joe = await signUp('Joe');
    const hosted = again({ jwtSecret: 'x'.repeat(32) });
    expect((await hosted.auth('/organization/create', { body: { name: 'Acme', slug: 'acme' }, token: joe.token })).body.error.code).toBe('forbidden');
    const { user } = store.tables;
    await store.tx(async (db) => void (await db.update(user).set({ role: 'user,admin' }).where(eq(user.id, joe.userId))));
    expect((await hosted.auth('/organization/create', { body: { name: 'Acme', slug: 'acme' }, token: joe.token })).status).toBe(200);
  });

  test('only owners and admins of an organisation get the lists with e-mail addresses', async () => {
    const { signUp, auth, store } = world();
    const kim = await signUp('Kim');
    const { member, organization } = store.tables;
    const club = only(await store.read.select().from(organization).where(eq(organization.slug, 'default'))).id;
    for (const path of ['/organization/list-members', '/organization/get-full-organization', '/organization/list-invitations']) {
      expect((await auth(`${path}?organizationId=${club}`, { token: kim.token })).body.error.code).toBe('forbidden');
      expect((await auth(path, { token: kim.token })).status).toBe(403);
    }
    expect((await auth('/organization/list-members?organizationSlug=default', { token: kim.token })).status).toBe(403);
    await store.tx(
      async (db) =>
        void (await db
          .update(member)
          .set({ role: 'admin' })
          .where(and(eq(member.userId, kim.userId), eq(member.organizationId, club)))),
    );
    world().identity.forget(kim.userId);
    expect((await auth('/organization/list-members?organizationSlug=default', { token: kim.token })).status).toBe(200);
    const lea = await signUp('Lea');
    const other = await clubOf(lea, 'addresses');
    const { body } = await auth('/organization/invite-member', {
      body: { email: kim.email, role: 'member', organizationId: other },
      token: lea.token,
    });
    await auth('/organization/accept-invitation', { body: { invitationId: body.id }, token: kim.token });
    const both = `/organization/list-invitations?organizationSlug=default&organizationId=${other}`;
    expect((await auth(both, { token: kim.token })).status).toBe(403);
  });

  test('with sign-up off an account needs an open invitation to its address', async () => {
    const { signUp, auth, again, store } = world();
    const lou = await signUp('Lou');
    const orgId = await clubOf(lou, 'invited-only');
    const closed = again({ signUp: false });
    const invite = async (email: string) =>
      (await auth('/organization/invite-member', { body: { email, role: 'member', organizationId: orgId }, token: lou.token })).body.id as string;
    const attempt = (email: string) => closed.auth('/sign-up/email', { body: { name: 'New', email, password: PASSWORD } });
    expect((await attempt('stranger@example.com')).body.error.code).toBe('forbidden');
    await invite('mia@example.com');
    const mia = await attempt('MIA@example.com');
    expect(mia.status).toBe(200);
    const { invitation } = store.tables;
    const late = await invite('late@example.com');
    await store.tx(
      async (db) =>
        void (await db
          .update(invitation)
          .set({ expiresAt: new Date(closed.clock.now() - 1) })
          .where(eq(invitation.id, late))),
    );
    expect((await attempt('late@example.com')).status).toBe(403);
    const cancelled = await invite('cancelled@example.com');
    await auth('/organization/cancel-invitation', { body: { invitationId: cancelled }, token: lou.token });
    expect((await attempt('cancelled@example.com')).status).toBe(403);
  });

  test('without guests there is no anonymous sign-in', async () => {
    const closed = world().again({ guests: false });
    expect((await closed.auth('/sign-in/anonymous', { body: {} })).status).toBe(404);
  });
});
