import { eq } from 'drizzle-orm';
import type { Store } from './store.ts';

/** A fact about this database that is made once and kept. Of several processes that start together one makes it, and all get the same. */
export async function keptSetting(store: Store, key: string, make: () => string): Promise<string> {
  const { setting } = store.tables;
  return store.tx(async (db) => {
    await db.insert(setting).values({ key, value: make() }).onConflictDoNothing();
    const [row] = await db.select().from(setting).where(eq(setting.key, key));
    return row?.value ?? '';
  });
}
