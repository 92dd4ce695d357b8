import { inArray } from 'drizzle-orm';
import { systemActor } from '../../kernel/actor.ts';
import type { Call, Ctx } from '../../kernel/command.ts';
import { runAs } from '../../kernel/execute.ts';
import type { Job, JobKinds, Ports } from '../../kernel/ports.ts';
import { deliverPush } from './deliver.ts';
import { fanOutPushes, fanOutWithdrawals, type PushAsked } from './fan-out.ts';

/**
 * The way of a push: whoever decides that somebody is to hear of something asks for it in the transaction that caused it; a
 * job makes one delivery a browser of it; each delivery is tried by itself, and says what is true at that moment.
 */
export function pushJobs(ports: Ports): JobKinds {
  return {
    'push.send': { batchMax: FAN_OUT_MAX, removes: true, perform: (jobs) => runAs(ports, bySystem(jobs), (ctx) => fanOutPushes(ctx, jobs)) },
    'push.withdraw': {
      batchMax: FAN_OUT_MAX,
      removes: true,
      perform: (jobs) => runAs(ports, bySystem(jobs), (ctx) => fanOutWithdrawals(ctx, jobs)),
    },
    'push.deliver': { batchMax: 1, atOnce: ports.config.pushAtOnceMax, perform: async ([job]) => job && deliverPush(ports, job) },
  };
}

/** Each becomes a job for every browser of the person, and one statement takes a limited number of parameters. */
const FAN_OUT_MAX = 50;

const bySystem = ([job]: Job[]): Call => ({ actor: systemActor, requestId: job?.id ?? 'job', connectionId: null, token: null });

/** Asks for a push about this message. Leaves with the transaction. For those who have subscribed, may hear of it and want to. */
export function askForPush(ctx: Ctx, push: PushAsked): void {
  ctx.effects.job('push.send', push);
}

/** Asks that what is shown of this conversation is closed on the person's browsers, because it was read. */
export function askForWithdrawal(ctx: Ctx, { userId, conversationId }: { userId: string; conversationId: string }): void {
  ctx.effects.job('push.withdraw', { userId, conversationId });
}

/** Those of the people who take Web Push in some browser. */
export async function withPush(ctx: Ctx, userIds: string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const { pushSubscription: subscription } = ctx.tables;
  const rows = await ctx.db.selectDistinct({ userId: subscription.userId }).from(subscription).where(inArray(subscription.userId, userIds));
  return new Set(rows.map((row) => row.userId));
}
