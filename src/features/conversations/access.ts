import { and, eq, isNull, sql } from 'drizzle-orm';
import { prepared } from '../../lib/prepared.ts';
import type { Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { conversationPolicy } from '../../kernel/policy.ts';
import type { Tables } from '../../kernel/ports.ts';

export type ConversationRow = Tables['conversation']['$inferSelect'];
export type MemberRow = Tables['conversationMember']['$inferSelect'];
export type Access = { conversation: ConversationRow; membership: MemberRow };
type Need = keyof typeof conversationPolicy;

/**
 * Membership is authorisation: a conversation is found through the actor. For everybody else it does not exist, so
 * the answer never tells a stranger whether an id is real. Both the membership and the organisation must hold: a person
 * who was removed from an organisation has no way in while the removal from its conversations is still under way.
 */
export async function findAccess(ctx: Ctx, conversationId: string): Promise<Access> {
  return (await seekAccess(ctx, conversationId)) ?? fail('not_found', 'The conversation does not exist, or you are not a member.');
}

export async function seekAccess(ctx: Ctx, conversationId: string): Promise<Access | null> {
  const [found] = await prepared(ctx, membershipStatement).execute({ conversationId, userId: ctx.actor.userId });
  return found && ctx.actor.orgs.has(found.conversation.orgId) ? found : null;
}

function membershipStatement({ db, tables }: Pick<Ctx, 'db' | 'tables'>) {
  const { conversation, conversationMember: member } = tables;
  const named = and(eq(member.conversationId, sql.placeholder('conversationId')), eq(member.userId, sql.placeholder('userId')));
  return db
    .select({ conversation, membership: member })
    .from(member)
    .innerJoin(conversation, eq(conversation.id, member.conversationId))
    .where(and(named, isNull(member.leftAt)))
    .prepare('membership');
}

/**
 * The same inside a writing command. The first statement locks the conversation row (an update that changes
 * nothing works on both databases), so what is read after it stays true until the commit.
 */
export async function lockAccess(ctx: Ctx, conversationId: string): Promise<Access> {
  await lockConversation(ctx, conversationId);
  return findAccess(ctx, conversationId);
}

export async function lockConversation(ctx: Ctx, conversationId: string): Promise<ConversationRow | undefined> {
  const { conversation } = ctx.tables;
  const [locked] = await ctx.db.update(conversation).set({ rev: conversation.rev }).where(eq(conversation.id, conversationId)).returning();
  if (locked) ctx.about({ orgId: locked.orgId, conversationId });
  return locked;
}

/** For `allow` of reading commands: every member may. */
export function asMember(ctx: Ctx, input: { conversationId: string }): Promise<Access> {
  return findAccess(ctx, input.conversationId);
}

/** For `allow` of writing commands: a member whose role the policy lets do this. */
export function inConversation(need?: Need) {
  return async (ctx: Ctx, input: { conversationId: string }): Promise<Access> => {
    const access = await lockAccess(ctx, input.conversationId);
    if (need) requirePolicy(access, need);
    return access;
  };
}

export function requirePolicy({ conversation, membership }: Access, need: Need): void {
  if (conversationPolicy[need](conversation, membership)) return;
  if (conversation.status === 'closed' && (need === 'post' || need === 'addMembers')) fail('conversation_closed');
  if (membership.blocked) fail('forbidden', 'You cannot message this person.');
  fail('forbidden', `As ${membership.role} of a ${conversation.kind} conversation you may not do this (${need}).`);
}
