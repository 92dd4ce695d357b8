import { and, eq } from 'drizzle-orm';
import type { Job, Ports } from '../../kernel/ports.ts';
import type { PushPayload, PushReason } from '../../wire/push.ts';
import { composePush, isAllRead } from './compose.ts';
import { delivery, onlineOf, type Delivery } from './fan-out.ts';
import type { SubscriptionRow } from './subscribe.ts';

const URGENCY = { mention: 'high', direct: 'high', reply: 'high', message: 'normal', added: 'normal', reaction: 'normal' } as const satisfies Record<
  PushReason,
  string
>;

/** Sends what is true at this moment, which may be nothing. A browser that takes no more is forgotten. */
export async function deliverPush(ports: Ports, job: Job): Promise<void> {
  const wanted = delivery.parse(job.payload);
  const subscription = await findSubscription(ports, wanted);
  if (!subscription) return;
  const payload = await payloadOf(ports, wanted);
  if (!payload) return;
  const urgency = wanted.push ? URGENCY[wanted.push.reason] : 'low';
  const collapse = `${wanted.userId} ${wanted.conversationId}`;
  if ((await ports.push.send(subscription, JSON.stringify(payload), { collapse, urgency })) === 'gone') await forget(ports, subscription);
}

async function payloadOf(ports: Ports, { userId, conversationId, push }: Delivery): Promise<PushPayload | null> {
  // It would take the place of a push that came later and is still waiting.
  if (!push) return (await isAllRead(ports, userId, conversationId)) ? { withdraw: conversationId } : null;
  if (onlineOf(ports, [{ userId }]).size > 0) return null;
  return composePush(ports, { userId, conversationId, ...push });
}

/** As long as it is still this person's, and neither it nor the session that made it has ended. */
async function findSubscription(ports: Ports, { subscriptionId, userId }: Delivery): Promise<SubscriptionRow | null> {
  const { pushSubscription, session } = ports.store.tables;
  const [found] = await ports.store.read
    .select({ subscription: pushSubscription, session: { expiresAt: session.expiresAt } })
    .from(pushSubscription)
    .leftJoin(session, eq(session.id, pushSubscription.sessionId))
    .where(and(eq(pushSubscription.id, subscriptionId), eq(pushSubscription.userId, userId)));
  if (!found) return null;
  const { subscription } = found;
  const endsAt = [subscription.expiresAt ?? Infinity, subscription.sessionId === null ? Infinity : (found.session?.expiresAt.getTime() ?? 0)];
  if (Math.min(...endsAt) > ports.clock.now()) return subscription;
  await forget(ports, subscription);
  return null;
}

/** Unless the browser has subscribed anew meanwhile. */
async function forget({ store }: Ports, { id, p256dh }: SubscriptionRow): Promise<void> {
  const { pushSubscription } = store.tables;
  await store.tx(async (db) => void (await db.delete(pushSubscription).where(and(eq(pushSubscription.id, id), eq(pushSubscription.p256dh, p256dh)))));
}
