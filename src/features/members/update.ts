import { and, eq, isNull } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { fail } from '../../kernel/errors.ts';
import { mayGrant, outranks } from '../../kernel/policy.ts';
import { memberUpdateInput, memberView } from '../../wire/members.ts';
import { inConversation, type Access, type ConversationRow, type MemberRow } from '../conversations/access.ts';
import { changing } from '../conversations/change.ts';
import { viewOwn } from '../conversations/view.ts';
import { seekPerson, type UserRow } from '../people/find.ts';
import { viewMember, viewMemberFor } from './view.ts';

export const memberUpdate = defineCommand({
  name: 'member.update',
  summary: "Change a member's role",
  http: [{ method: 'patch', path: '/conversations/:conversationId/members/:userId' }],
  input: memberUpdateInput,
  output: memberView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Promote', input: { conversationId: '{group}', userId: '{person}', role: 'admin' } }],
  allow: inConversation('changeRoles'),
  async run(ctx, { userId: ref, role }, access) {
    const { conversation, membership } = access;
    const { member, user } = await findMember(ctx, access, ref);
    const self = member.userId === ctx.actor.userId;
    if (!self && !outranks(membership.role, member.role)) fail('forbidden', `As ${membership.role} you may not change the role of ${member.role}s.`);
    if (!mayGrant(membership.role, role)) fail('forbidden', `As ${membership.role} you may not make somebody ${role}.`);
    if (member.role === 'owner' && role !== 'owner' && (await ownerCount(ctx, conversation.id)) === 1) fail('last_owner');
    if (member.role === role) return viewMemberFor(ctx, access, member, user);

    const change = changing(ctx, conversation);
    const changed = { ...member, role, rev: change.nextRev() };
    const { conversationMember: table } = ctx.tables;
    await ctx.db
      .update(table)
      .set({ role, rev: changed.rev })
      .where(and(eq(table.conversationId, conversation.id), eq(table.userId, member.userId)));
    const saved = await change.save();
    announceRole(ctx, saved, changed, user);
    const own = self ? { conversation: saved, membership: changed } : { conversation: saved, membership };
    return viewMemberFor(ctx, own, changed, user);
  },
});

/** Everybody hears of the role, and the member what it means for them. */
export function announceRole(ctx: Ctx, conversation: ConversationRow, changed: MemberRow, user: UserRow | null): void {
  const conversationId = conversation.id;
  const data = viewMember(changed, user);
  ctx.effects.publish(topics.conversation(conversationId), { type: 'member.updated', conversationId, rev: changed.rev, data });
  ctx.effects.publish(topics.person(changed.userId), { type: 'membership.updated', conversationId, data: viewOwn(conversation, changed, null) });
}

export async function findMember(ctx: Ctx, { conversation }: Access, ref: string): Promise<{ member: MemberRow; user: UserRow | null }> {
  const { conversationMember: table } = ctx.tables;
  const user = await seekPerson(ctx, [conversation.orgId], ref);
  const [member] = await ctx.db
    .select()
    .from(table)
    .where(and(eq(table.conversationId, conversation.id), eq(table.userId, user?.id ?? ref), isNull(table.leftAt)));
  if (member) ctx.about({ targetIds: [member.userId] });
  return member ? { member, user } : fail('not_found', 'There is no such member in this conversation.');
}

export async function ownerCount(ctx: Ctx, conversationId: string): Promise<number> {
  const { conversationMember: table } = ctx.tables;
  return ctx.db.$count(table, and(eq(table.conversationId, conversationId), eq(table.role, 'owner'), isNull(table.leftAt)));
}
