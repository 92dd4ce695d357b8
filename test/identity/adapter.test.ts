import { describe, expect, test } from 'bun:test';
import type { DBAdapter } from 'better-auth/adapters';
import { createAuthAdapter } from '../../src/http/auth/adapter.ts';
import type { Change } from '../../src/http/auth/changes.ts';
import { authShape } from '../../src/http/auth/options.ts';
import { createOutage } from '../../src/http/auth/outage.ts';
import { defaultOrganisation } from '../../src/features/people/default-organisation.ts';
import { newId } from '../../src/lib/id.ts';
import { dialects } from '../support/database.ts';
import { inWorld, type World } from './world.ts';

/** The adapter alone, without the passwords and cookies around it: races are narrow here. */
function adapterOf({ store, config, clock }: World) {
  const changes: Change[] = [];
  const outage = createOutage(() => false);
  const build = createAuthAdapter({
    store,
    config,
    clock,
    defaultOrganisation,
    outage,
    wakeOutbox: () => undefined,
    changed: (change) => changes.push(change),
  });
  return { adapter: build({ ...authShape, advanced: { database: { generateId: () => newId() } } }), changes };
}

const createUser = (adapter: DBAdapter, fields: Record<string, unknown> = {}) => {
  const now = new Date();
  return adapter.create<Record<string, unknown>, { id: string }>({
    model: 'user',
    data: { name: 'X', email: `${newId()}@example.com`, emailVerified: false, createdAt: now, updatedAt: now, ...fields },
  });
};
const createSession = (adapter: DBAdapter, userId: string) =>
  adapter.create<Record<string, unknown>, { id: string; token: string }>({
    model: 'session',
    data: { userId, token: newId(), expiresAt: new Date(Date.now() + 60_000), createdAt: new Date(), updatedAt: new Date() },
  });

for (const dialect of dialects) {
  describe(`the adapter on ${dialect}`, () => {
    for (const guestFirst of [false, true]) {
      test(`twenty first people at once make one owner and one admin${guestFirst ? ', also when a guest was there before' : ''}`, () =>
        inWorld(dialect, {}, async (world) => {
          const { adapter } = adapterOf(world);
          if (guestFirst) await createUser(adapter, { isAnonymous: true });
          await Promise.all(Array.from({ length: 20 }, () => createUser(adapter)));
          const { user, member, organization } = world.store.tables;
          const roles = (await world.store.read.select().from(member)).map((row) => row.role);
          expect(roles.filter((role) => role === 'owner')).toHaveLength(1);
          expect(roles).toHaveLength(guestFirst ? 21 : 20);
          expect((await world.store.read.select().from(user)).filter((row) => row.role === 'admin')).toHaveLength(1);
          expect(await world.store.read.select().from(organization)).toHaveLength(1);
        }));
    }

    test('every kind of write tells what it did to whom', () =>
      inWorld(dialect, {}, async (world) => {
        const { adapter, changes } = adapterOf(world);
        const [ann, bob] = [await createUser(adapter), await createUser(adapter)];
        const sessions = [
          await createSession(adapter, ann.id),
          await createSession(adapter, ann.id),
          await createSession(adapter, bob.id),
          await createSession(adapter, bob.id),
        ];
        const ended = (i: number): Change => ({ kind: 'session-ended', userId: i < 2 ? ann.id : bob.id, token: sessions[i]?.token ?? '' });
        const told = async (work: Promise<unknown>) => {
          await work;
          return changes.splice(0);
        };
        changes.length = 0;
        const byId = (id: string) => [{ field: 'id', value: id }];
        expect(await told(adapter.delete({ model: 'session', where: [{ field: 'token', value: sessions[0]?.token ?? '' }] }))).toEqual([ended(0)]);
        expect(await told(adapter.consumeOne({ model: 'session', where: byId(sessions[1]?.id ?? '') }))).toEqual([ended(1)]);
        expect(await told(adapter.deleteMany({ model: 'session', where: [{ field: 'userId', value: bob.id }] }))).toEqual([ended(2), ended(3)]);
        expect(await told(adapter.deleteMany({ model: 'session', where: [{ field: 'userId', value: bob.id }] }))).toEqual([]);
        expect(
          await told(adapter.updateMany({ model: 'user', where: [{ field: 'id', operator: 'in', value: [ann.id, bob.id] }], update: { name: 'Y' } })),
        ).toEqual([
          { kind: 'rights', userId: ann.id },
          { kind: 'rights', userId: bob.id },
        ]);
        expect(await told(adapter.update({ model: 'user', where: byId(ann.id), update: { banned: true } }))).toEqual([
          { kind: 'banned', userId: ann.id },
        ]);
        const past = { banned: true, banExpires: new Date(0) };
        expect(await told(adapter.update({ model: 'user', where: byId(ann.id), update: past }))).toEqual([{ kind: 'rights', userId: ann.id }]);
        const session = await createSession(adapter, bob.id);
        expect(
          await told(adapter.update({ model: 'session', where: byId(session.id), update: { expiresAt: new Date(), updatedAt: new Date() } })),
        ).toEqual([]);
        const active = { activeOrganizationId: 'x', updatedAt: new Date() };
        expect(await told(adapter.update({ model: 'session', where: byId(session.id), update: active }))).toEqual([
          { kind: 'rights', userId: bob.id },
        ]);
        expect(await told(adapter.delete({ model: 'user', where: byId(bob.id) }))).toContainEqual({ kind: 'user-deleted', userId: bob.id });
        expect(await told(adapter.delete({ model: 'verification', where: byId('none') }))).toEqual([]);
      }));

    test('an organisation with more members than one statement takes is left by all of them', () =>
      inWorld(dialect, {}, async (world) => {
        const { adapter, changes } = adapterOf(world);
        const { store } = world;
        const orgId = newId();
        const ids = Array.from({ length: 1_201 }, () => newId());
        const at = new Date();
        await store.tx(async (db) => {
          await db.insert(store.tables.organization).values({ id: orgId, name: 'Large', slug: 'large', createdAt: at });
          for (let i = 0; i < ids.length; i += 400) {
            const some = ids.slice(i, i + 400);
            await db
              .insert(store.tables.user)
              .values(some.map((id) => ({ id, name: 'M', email: `${id}@example.com`, createdAt: at, updatedAt: at })));
            await db.insert(store.tables.member).values(some.map((id) => ({ id, organizationId: orgId, userId: id, role: 'member', createdAt: at })));
          }
        });
        expect(await adapter.deleteMany({ model: 'member', where: [{ field: 'organizationId', value: orgId }] })).toBe(1_201);
        expect((await world.jobs()).length).toBe(1_201);
        expect(changes).toHaveLength(1_201);
      }));
  });
}
