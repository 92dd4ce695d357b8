import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { keptSetting } from '../../db/setting.ts';
import type { Store } from '../../kernel/ports.ts';

export type VapidKeys = z.infer<typeof vapidKeys>;

const vapidKeys = z.object({ publicKey: z.string(), privateKey: z.string() });

/** The configured key pair, or one that is made at the first start and kept in the database. */
export async function readVapidKeys(store: Store, configured: Partial<VapidKeys>): Promise<VapidKeys> {
  const { publicKey, privateKey } = configured;
  const keys = publicKey && privateKey ? { publicKey, privateKey } : await keptKeys(store);
  await endSubscriptionsOfOthers(store, keys.publicKey);
  return keys;
}

async function keptKeys(store: Store): Promise<VapidKeys> {
  return vapidKeys.parse(
    JSON.parse(await keptSetting(store, 'vapid_keys', async () => JSON.stringify((await import('web-push')).generateVAPIDKeys()))),
  );
}

/** A browser subscribes to one public key, and nobody can push with another: after a change everybody has to subscribe again. */
async function endSubscriptionsOfOthers(store: Store, publicKey: string): Promise<void> {
  const before = await keptSetting(store, USED_KEY, () => publicKey);
  if (before === publicKey) return;
  const { setting, pushSubscription } = store.tables;
  await store.tx(async (db) => {
    await db.update(setting).set({ value: publicKey }).where(eq(setting.key, USED_KEY));
    await db.delete(pushSubscription);
  });
}

const USED_KEY = 'vapid_public_key';
