import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { fail, invalid } from '../../kernel/errors.ts';
import { newId } from '../../lib/id.ts';
import { blocksBetween, lockPair } from '../people/blocked.ts';
import { enrolNamed } from '../people/enrol.ts';
import { seekPerson, type UserRow } from '../people/find.ts';
import { viewMember } from '../members/view.ts';
import { lockConversation, type ConversationRow } from './access.ts';
import { directKeyOf } from './blocked.ts';
import { changing } from './change.ts';
import { announceNew, joinMembers } from './join.ts';
import { currentMemberIds } from './members.ts';

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
  if (existing?.memberCount === 2) return { conversation: existing, created: false };
  await lockPair(ctx, person.id);
  const { byMe, ofMe } = await blocksBetween(ctx, [person.id]);
  if (byMe.size > 0) fail('forbidden', 'You block this person; unblock them first.');
  if (ofMe.size > 0) fail('forbidden', 'You cannot message this person.');
  if (existing) return { conversation: await bringBack(ctx, existing, [ctx.actor.userId, person.id]), created: false };
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

/** Whoever left the organisation left their direct conversations. Both are in it again, so the conversation goes on. */
async function bringBack(ctx: Ctx, existing: ConversationRow, both: string[]): Promise<ConversationRow> {
  const conversation = await lockConversation(ctx, existing.id);
  if (!conversation) return fail('unavailable', 'The conversation was just deleted; try again.', { retryAfter: 1 });
  const present = await currentMemberIds(ctx, conversation.id);
  const returning = both.filter((userId) => !present.includes(userId));
  if (returning.length === 0) return conversation;
  ctx.about({ targetIds: returning });
  const saved = await addBack(ctx, conversation, returning);
  await announceNew(ctx, saved, returning);
  for (const userId of both) ctx.effects.subscribe(userId, topics.presence(both.find((other) => other !== userId) ?? userId));
  return saved;
}

async function addBack(ctx: Ctx, conversation: ConversationRow, userIds: string[]): Promise<ConversationRow> {
  const { user } = ctx.tables;
  const people = await ctx.db.select().from(user).where(inArray(user.id, userIds));
  const change = changing(ctx, conversation);
  const topic = topics.conversation(conversation.id);
  for (const person of people) {
    const rev = change.nextRev();
    const data = viewMember({ userId: person.id, role: 'member', joinedAt: ctx.now, rev }, person);
    ctx.effects.subscribe(person.id, topic);
    ctx.effects.publish(topic, { type: 'member.added', conversationId: conversation.id, rev, data });
  }
  const saved = await change.save({ memberCount: 2 });
  const joining = people.map(({ id: userId }) => ({ userId, role: 'member' as const }));
  await joinMembers(ctx, saved, joining);
  return saved;
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
