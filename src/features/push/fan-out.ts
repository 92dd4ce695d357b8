import { inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Ctx } from '../../kernel/command.ts';
import { takeJobs } from '../../kernel/jobs.ts';
import type { Job } from '../../kernel/ports.ts';
import { pushReasons } from '../../wire/push.ts';

const withdrawal = z.object({ userId: z.string(), conversationId: z.string() });
const push = withdrawal.extend({ seq: z.number(), reason: z.enum(pushReasons) });
export type PushAsked = z.infer<typeof push>;

/** One browser is to hear of a message, or to close what it shows. Ids only: the text is read when it leaves. */
export const delivery = withdrawal.extend({
  subscriptionId: z.string(),
  /** Null: close what is shown. */
  push: push.pick({ seq: true, reason: true }).extend({ id: z.string() }).nullable(),
});
export type Delivery = z.infer<typeof delivery>;

/** Of several pushes about one conversation that wait together only the newest is worth anything. */
export async function fanOutPushes(ctx: Ctx, jobs: Job[]): Promise<void> {
  const newest = new Map<string, Omit<Delivery, 'subscriptionId'>>();
  for (const { id, payload } of await takeJobs(ctx, jobs)) {
    const { userId, conversationId, seq, reason } = push.parse(payload);
    const key = `${userId} ${conversationId}`;
    if ((newest.get(key)?.push?.seq ?? 0) <= seq) newest.set(key, { userId, conversationId, push: { id, seq, reason } });
  }
  const online = onlineOf(ctx, [...newest.values()]);
  await fanOut(
    ctx,
    [...newest.values()].filter(({ userId }) => !online.has(userId)),
  );
}

export async function fanOutWithdrawals(ctx: Ctx, jobs: Job[]): Promise<void> {
  const wanted = new Map<string, Omit<Delivery, 'subscriptionId'>>();
  for (const { payload } of await takeJobs(ctx, jobs)) {
    const { userId, conversationId } = withdrawal.parse(payload);
    wanted.set(`${userId} ${conversationId}`, { userId, conversationId, push: null });
  }
  await fanOut(ctx, [...wanted.values()]);
}

/** Whoever looks at the screen needs no push. */
export function onlineOf(ctx: Pick<Ctx, 'presence'>, people: { userId: string }[]): Set<string> {
  const present = ctx.presence.get([...new Set(people.map(({ userId }) => userId))]);
  return new Set(present.filter(({ status }) => status === 'online').map(({ userId }) => userId));
}

async function fanOut(ctx: Ctx, wanted: Omit<Delivery, 'subscriptionId'>[]): Promise<void> {
  if (wanted.length === 0) return;
  const { pushSubscription: subscription } = ctx.tables;
  const userIds = [...new Set(wanted.map(({ userId }) => userId))];
  const subscriptions = await ctx.db
    .select({ id: subscription.id, userId: subscription.userId })
    .from(subscription)
    .where(inArray(subscription.userId, userIds));
  for (const one of wanted)
    for (const { id, userId } of subscriptions)
      if (userId === one.userId) ctx.effects.job('push.deliver', { ...one, subscriptionId: id } satisfies Delivery);
}
