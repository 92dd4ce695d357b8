import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { fail, invalid } from '../../kernel/errors.ts';
import { newId } from '../../lib/id.ts';
import { blocksBetween, lockPair } from '../people/blocked.ts';
import { enrolNamed } from '../people/enrol.ts';
import { seekPerson, type UserRow } from '../people/find.ts';
import type { ConversationRow } from './access.ts';
import { directKeyOf } from './blocked.ts';
import { announceNew, joinMembers } from './join.ts';

/**
 * The direct conversation with a person. The unique key (organisation, sorted pair) makes sure that two people who
 * ask at once get the same one: the second insert waits for the first and then finds its row.
 */
export async function findOrCreateDirect(
  ctx: Ctx,
  personRef: string,
  askedOrgId: string | undefined,
  path: string,
  extra: Partial<ConversationRow> = {},
): Promise<{ conversation: ConversationRow; created: boolean }> {
  const { conversation } = ctx.tables;
  const { person, orgId } = await peerFor(ctx, personRef, askedOrgId);
  if (person.id === ctx.actor.userId) invalid(path, 'that is you; name another person');
  const directKey = directKeyOf(ctx.actor.userId, person.id);
  const existing = await findDirect(ctx, orgId, directKey);
  if (existing) return { conversation: existing, created: false };
  await lockPair(ctx, person.id);
  const { byMe, ofMe } = await blocksBetween(ctx, [person.id]);
  if (byMe.size > 0) fail('forbidden', 'You block this person; unblock them first.');
  if (ofMe.size > 0) fail('forbidden', 'You cannot message this person.');
  const [inserted] = await ctx.db
    .insert(conversation)
    .values({
      ...extra,
      id: newId(),
      orgId,
      kind: 'direct',
      directKey,
      createdBy: ctx.actor.userId,
      rev: 1,
      memberCount: 2,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })
    .onConflictDoNothing({ target: [conversation.orgId, conversation.directKey] })
    .returning();
  if (!inserted) {
    const other = await findDirect(ctx, orgId, directKey);
    if (!other) return fail('unavailable', 'The conversation was being created by somebody else; try again.', { retryAfter: 1 });
    return { conversation: other, created: false };
  }
  ctx.about({ orgId, conversationId: inserted.id, targetIds: [person.id] });
  await joinMembers(
    ctx,
    inserted,
    [ctx.actor.userId, person.id].map((userId) => ({ userId, role: 'member' as const })),
  );
  await announceNew(ctx, inserted, [ctx.actor.userId, person.id]);
  return { conversation: inserted, created: true };
}

async function findDirect(ctx: Ctx, orgId: string, directKey: string): Promise<ConversationRow | undefined> {
  const { conversation } = ctx.tables;
  const [found] = await ctx.db
    .select()
    .from(conversation)
    .where(and(eq(conversation.orgId, orgId), eq(conversation.directKey, directKey)));
  return found;
}

/** The other person, and the organisation that both are in: the one asked for, else the caller's own, else one they share. */
async function peerFor(ctx: Ctx, ref: string, askedOrgId: string | undefined): Promise<{ person: UserRow; orgId: string }> {
  const { actor, tables } = ctx;
  if (askedOrgId && !actor.orgs.has(askedOrgId)) fail('not_found', 'The organisation does not exist, or you are not a member.');
  const candidates = askedOrgId ? [askedOrgId] : [...actor.orgs.keys()];
  if (actor.grant) await enrolNamed(ctx, actor.grant.orgId, [ref]);
  const person = await seekPerson(ctx, candidates, ref);
  if (!person) return fail('not_found', 'There is no such person in your organisations.');
  const shared = await ctx.db
    .select({ orgId: tables.member.organizationId })
    .from(tables.member)
    .where(and(eq(tables.member.userId, person.id), inArray(tables.member.organizationId, candidates)))
    .orderBy(sql`case when ${tables.member.organizationId} = ${actor.homeOrgId ?? ''} then 0 else 1 end`, tables.member.organizationId);
  return { person, orgId: shared[0]?.orgId ?? fail('not_found', 'There is no such person in your organisations.') };
}
