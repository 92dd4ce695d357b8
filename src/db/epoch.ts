import { eq } from 'drizzle-orm';
import { newId } from '../lib/id.ts';
import type { Store } from './store.ts';

/** Made once in the life of a database; a restored backup gets another one, which tells clients to start afresh. */
export async function readEpoch(store: Store): Promise<string> {
  const { setting } = store.tables;
  return store.tx(async (db) => {
    await db.insert(setting).values({ key: 'epoch', value: newId() }).onConflictDoNothing();
    const [row] = await db.select().from(setting).where(eq(setting.key, 'epoch'));
    return row?.value ?? '';
  });
}
