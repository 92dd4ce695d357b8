import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { fail } from '../../kernel/errors.ts';
import { outranks } from '../../kernel/policy.ts';
import { memberRemoveInput } from '../../wire/members.ts';
import { inConversation, lockConversation, requirePolicy, type ConversationRow, type MemberRow } from '../conversations/access.ts';
import { changing } from '../conversations/change.ts';
import { deleteConversation } from '../conversations/update.ts';
import { announceRole, findMember, ownerCount } from './update.ts';
import { removeNotificationsIn } from '../notifications/remove.ts';

export const memberRemove = defineCommand({
  name: 'member.remove',
  summary: 'Remove a member, or leave',
  description: 'With `me` you leave. The last owner hands over first; when the last member leaves, the group is gone.',
  http: [{ method: 'delete', path: '/conversations/:conversationId/members/:userId', status: 204 }],
  input: memberRemoveInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Leave', input: { conversationId: '{group}', userId: 'me' } }],
  allow: inConversation(),
  async run(ctx, { userId: ref }, access) {
    const { conversation, membership } = access;
    const leaves = ref === 'me' || ref === ctx.actor.userId;
    requirePolicy(access, leaves ? 'leave' : 'removeMembers');
    const { member, user } = leaves ? { member: membership, user: null } : await findMember(ctx, access, ref);
    const self = member.userId === ctx.actor.userId;
    if (!self && !outranks(membership.role, member.role)) fail('forbidden', `As ${membership.role} you may not remove ${member.role}s.`);
    if (conversation.memberCount > 1 && member.role === 'owner' && (await ownerCount(ctx, conversation.id)) === 1) fail('last_owner');
    await takeOut(ctx, conversation, member, self ? null : (user?.name ?? 'Deleted account'));
  },
});

/** Ends a membership of a locked conversation: announced to everybody, the person included, who then hears no more. */
async function takeOut(ctx: Ctx, conversation: ConversationRow, member: MemberRow, removedName: string | null): Promise<void> {
  if (conversation.memberCount <= 1) return deleteConversation(ctx, conversation);
  const { id: conversationId } = conversation;
  const { userId } = member;
  const topic = topics.conversation(conversationId);
  const { conversationMember: table } = ctx.tables;
  const change = changing(ctx, conversation);
  const rev = change.nextRev();
  ctx.effects.publish(topic, { type: 'member.removed', conversationId, rev, data: { userId, by: ctx.actor.userId } });
  ctx.effects.unsubscribe(userId, topic);
  await ctx.db
    .update(table)
    .set({ leftAt: ctx.now, rev })
    .where(and(eq(table.conversationId, conversationId), eq(table.userId, userId)));
  await removeNotificationsIn(ctx, conversationId, userId);
  await change.say(removedName === null ? { event: 'member_left' } : { event: 'member_removed', userIds: [userId], names: [removedName] });
  await change.save({ memberCount: conversation.memberCount - 1 });
}

/**
 * A person is no longer in an organisation: they leave its groups and direct conversations. One conversation a call, so that
 * no transaction grows with the number of conversations; answers false when there is none left.
 */
export async function leaveNextConversation(ctx: Ctx, orgId: string, userId: string): Promise<boolean> {
  const { conversationMember: table } = ctx.tables;
  const [next] = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.userId, userId), eq(table.orgId, orgId), isNull(table.leftAt)))
    .limit(1);
  if (!next) return false;
  const conversation = await lockConversation(ctx, next.conversationId);
  if (!conversation) return true;
  if (next.role === 'owner' && conversation.memberCount > 1 && (await ownerCount(ctx, conversation.id)) === 1) {
    await promoteHeir(ctx, conversation, userId);
  }
  const [current] = await ctx.db.select().from(ctx.tables.conversation).where(eq(ctx.tables.conversation.id, conversation.id));
  if (current) await takeOut(ctx, current, next, null);
  return true;
}

/** A group never stays without an owner: the highest and longest-standing member becomes it. */
async function promoteHeir(ctx: Ctx, conversation: ConversationRow, leaverId: string): Promise<void> {
  const { conversationMember: table, user } = ctx.tables;
  const [heir] = await ctx.db
    .select({ member: table, user })
    .from(table)
    .leftJoin(user, eq(user.id, table.userId))
    .where(and(eq(table.conversationId, conversation.id), isNull(table.leftAt), sql`${table.userId} <> ${leaverId}`))
    .orderBy(sql`case ${table.role} when 'admin' then 0 when 'member' then 1 else 2 end`, asc(table.joinedAt), asc(table.userId))
    .limit(1);
  if (!heir) return;
  const change = changing(ctx, conversation);
  const changed: MemberRow = { ...heir.member, role: 'owner', rev: change.nextRev() };
  await ctx.db
    .update(table)
    .set({ role: 'owner', rev: changed.rev })
    .where(and(eq(table.conversationId, conversation.id), eq(table.userId, changed.userId)));
  announceRole(ctx, await change.save(), changed, heir.user);
}
