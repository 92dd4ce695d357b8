import { expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { startServer } from '../support/server.ts';

test('an address whose sign-up was cut off in the middle may sign up again, one with an account may not', async () => {
  const server = await startServer();
  const { store } = server.app.ports;
  const { user, account } = store.tables;
  const signUp = async (email: string): Promise<number> => {
    const body = JSON.stringify({ name: 'Ann', email, password: 'a long password' });
    return (await fetch(`${server.url}/api/auth/sign-up/email`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
  };
  expect([await signUp('cut@example.com'), await signUp('whole@example.com')]).toEqual([200, 200]);
  const [cut] = await store.read.select().from(user).where(eq(user.email, 'cut@example.com'));
  // As a process leaves it that died between the person and their account.
  await store.tx(async (db) => void (await db.delete(account).where(eq(account.userId, cut?.id ?? ''))));
  expect(await signUp('cut@example.com')).toBe(422);
  server.clock.advance(24 * 3_600_000);
  expect([await signUp('Cut@example.com'), await signUp('whole@example.com')]).toEqual([200, 422]);
  expect(await store.read.select().from(user).where(eq(user.email, 'cut@example.com'))).toHaveLength(1);
  await server.stop();
});
