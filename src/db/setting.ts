import { eq } from 'drizzle-orm';
import type { Store } from './store.ts';

/** A fact about this database that is made once and kept. Of several processes that start together one makes it, and all get the same. */
export async function keptSetting(store: Store, key: string, make: () => string | Promise<string>): Promise<string> {
  const { setting } = store.tables;
  const [known] = await store.read.select().from(setting).where(eq(setting.key, key));
  if (known) return known.value;
  const value = await make();
  return store.tx(async (db) => {
    await db.insert(setting).values({ key, value }).onConflictDoNothing();
    const [row] = await db.select().from(setting).where(eq(setting.key, key));
    return row?.value ?? '';
  });
}
