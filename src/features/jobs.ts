import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { systemActor, type Actor } from '../kernel/actor.ts';
import { runAs } from '../kernel/execute.ts';
import type { Ports } from '../kernel/ports.ts';
import { leaveNextConversation } from './members/remove.ts';

const organisationLeft = z.object({ orgId: z.string(), userId: z.string() });

/** What the outbox can be asked to do, by kind. Each may run more than once for the same job. */
export function jobHandlers(ports: Ports): Record<string, (payload: Record<string, unknown>, id: string) => Promise<void>> {
  return {
    /** Somebody is no longer in an organisation: they leave its conversations. */
    async 'organisation.left'(payload, requestId) {
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
    },
  };
}
