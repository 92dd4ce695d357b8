import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { scopeTable, type Scope } from '../../src/wire/keys.ts';
import type { Scene } from './scenario.ts';
import type { TestServer } from './server.ts';

export const scopes = Object.keys(scopeTable) as Scope[];

export const refused = (code: string, message?: string) => ({
  ok: false,
  error: { code, ...(message !== undefined && { message: expect.stringContaining(message) }) },
});

/** An organisation of its own with an owner, and a key of it that may do everything. */
export async function shop({ server }: Scene, more: Record<string, unknown> = {}) {
  const orgId = await server.organisation('Shop');
  const owner = await server.person('Olga', { orgId, role: 'owner' });
  const key = await owner.must('key.create', { name: 'Back end', scopes, ...more });
  return { orgId, owner, key, by: (actAs?: string) => server.holder(key.secret, actAs) };
}

export async function ban({ app }: TestServer, userId: string): Promise<void> {
  const { store, apply } = app.ports;
  await store.tx(async (db) => void (await db.update(store.tables.user).set({ banned: true }).where(eq(store.tables.user.id, userId))));
  apply([{ do: 'recheck', id: userId }]);
}
