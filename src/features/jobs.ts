import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Call } from '../kernel/command.ts';
import { systemActor, type Actor } from '../kernel/actor.ts';
import { runAs } from '../kernel/execute.ts';
import { STORED_JOB } from '../db/append.ts';
import type { Job, JobKinds, Ports } from '../kernel/ports.ts';
import { leaveNextConversation } from './members/remove.ts';
import { previewJobs } from './messages/preview.ts';
import { trimNotifications } from './notifications/remove.ts';
import { pushJobs } from './push/index.ts';
import { FORGET_JOB, forgetSome, INDEX_JOB, indexSome } from './search/indexing.ts';
import { scheduledJobs } from './schedule.ts';
import { messagesStored, storedSpans } from './stored.ts';

const people = z.object({ userIds: z.array(z.string()) });
const organisationLeft = z.object({ orgId: z.string(), userId: z.string() });

/** A transaction that indexes more messages than these keeps everybody who writes waiting. */
const MESSAGES_TOGETHER = 4_000;

/** What the outbox can be asked to do, by kind. Each may be handed the same job more than once. */
export function jobKinds(ports: Ports): JobKinds {
  return {
    ...pushJobs(ports),
    ...previewJobs(ports),
    ...scheduledJobs(ports),
    'organisation.left': {
      batchMax: 1,
      perform: async ([job]) => job && leaveOrganisation(ports, job),
    },
    'notifications.trim': {
      batchMax: 20,
      perform: (jobs) =>
        runAs(ports, bySystem(jobs), (ctx) => trimNotifications(ctx, [...new Set(jobs.flatMap(({ payload }) => people.parse(payload).userIds))])),
    },
    [STORED_JOB]: {
      batchMax: 100,
      weigh: (payload) => storedSpans(payload).reduce((sum, { first, last }) => sum + last - first + 1, 0),
      weightMax: MESSAGES_TOGETHER,
      removes: true,
      perform: (jobs) => runAs(ports, bySystem(jobs), (ctx) => messagesStored(ctx, jobs)),
    },
    [INDEX_JOB]: {
      batchMax: 1,
      removes: true,
      perform: async ([job]) => job && runAs(ports, bySystem([job]), (ctx) => indexSome(ctx, job)),
    },
    [FORGET_JOB]: {
      batchMax: 1,
      removes: true,
      perform: async ([job]) => job && runAs(ports, bySystem([job]), (ctx) => forgetSome(ctx, job)),
    },
  };
}

const bySystem = ([job]: Job[]): Call => ({ actor: systemActor, requestId: job?.id ?? 'job', connectionId: null, token: null });

/** Somebody is no longer in an organisation: they leave its conversations. */
async function leaveOrganisation(ports: Ports, { id: requestId, payload }: Job): Promise<void> {
  const { orgId, userId } = organisationLeft.parse(payload);
  const { user, member } = ports.store.tables;
  const back = await ports.store.read.select().from(member).where(eq(member.userId, userId));
  if (back.some((row) => row.organizationId === orgId)) return;
  const [person] = await ports.store.read.select().from(user).where(eq(user.id, userId));
  const actor: Actor = {
    ...systemActor,
    kind: 'user',
    userId,
    name: person?.name ?? 'Deleted account',
    avatarUrl: person?.image ?? null,
    orgs: new Map([[orgId, 'member']]),
  };
  const call = { actor, requestId, connectionId: null, token: null };
  while (await runAs(ports, call, (ctx) => leaveNextConversation(ctx, orgId, userId)));
  // What was heard of each other outside conversations: presence and profiles.
  await runAs(ports, call, async (ctx) => ctx.effects.part(userId));
}
