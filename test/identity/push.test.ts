import { expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { newId } from '../../src/lib/id.ts';
import { worlds, type SignedUp, type World } from './world.ts';

/** A browser that takes pushes, subscribed in the session of this token. */
async function subscribe({ store, who, clock }: World, { token, userId }: SignedUp): Promise<void> {
  const { sessionId } = await who(token);
  const row = { id: newId(), userId, endpoint: `https://push.example.com/${newId()}`, p256dh: 'p', auth: 'a', sessionId, createdAt: clock.now() };
  await store.tx(async (db) => void (await db.insert(store.tables.pushSubscription).values(row)));
}

function subscriptionsOf({ store: { read, tables } }: World, { userId }: SignedUp): Promise<number> {
  return read.$count(tables.pushSubscription, eq(tables.pushSubscription.userId, userId));
}

worlds('Web Push and sessions', (world) => {
  test('a subscription ends with the session that made it, and no other does', async () => {
    const { signUp, auth } = world();
    const [ann, ben] = [await signUp('Ann'), await signUp('Ben')];
    for (const person of [ann, ben]) await subscribe(world(), person);
    const again = await auth('/sign-in/email', { body: { email: ann.email, password: 'correct horse battery staple' } });
    await subscribe(world(), { ...ann, token: again.token });
    await auth('/sign-out', { body: {}, token: ann.token });
    expect([await subscriptionsOf(world(), ann), await subscriptionsOf(world(), ben)]).toEqual([1, 1]);
    await auth('/revoke-sessions', { body: {}, token: again.token });
    expect([await subscriptionsOf(world(), ann), await subscriptionsOf(world(), ben)]).toEqual([0, 1]);
  });

  test('a banned person is pushed nothing more, nor is one who was deleted', async () => {
    const { signUp, auth, store } = world();
    const [admin, cem, dee] = [await signUp('Admin'), await signUp('Cem'), await signUp('Dee')];
    await store.tx(async (db) => void (await db.update(store.tables.user).set({ role: 'admin' }).where(eq(store.tables.user.id, admin.userId))));
    for (const person of [cem, dee]) await subscribe(world(), person);
    // As with a token of the host application: no session that could end.
    await store.tx(async (db) => void (await db.update(store.tables.pushSubscription).set({ sessionId: null })));
    expect((await auth('/admin/ban-user', { body: { userId: cem.userId }, token: admin.token })).status).toBe(200);
    expect((await auth('/admin/remove-user', { body: { userId: dee.userId }, token: admin.token })).status).toBe(200);
    expect([await subscriptionsOf(world(), cem), await subscriptionsOf(world(), dee)]).toEqual([0, 0]);
  });
});
