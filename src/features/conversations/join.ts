import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import type { MemberRole } from '../../wire/conversations.ts';
import type { ConversationRow, MemberRow } from './access.ts';
import { viewOwn, viewShared } from './view.ts';

export type Joining = { userId: string; role: MemberRole };

/**
 * Makes people members, or members again. What they see of the past is the group's setting; what they have not read
 * starts now. `lastSeq` and `rev` are those of the conversation after everything that comes with their joining.
 */
export async function joinMembers(ctx: Ctx, conversation: ConversationRow, joining: Joining[], historyFromSeq = 1): Promise<MemberRow[]> {
  const { conversationMember } = ctx.tables;
  const { id: conversationId, orgId, lastSeq, rev } = conversation;
  if (joining.length === 0) return [];
  const before = await ctx.db
    .delete(conversationMember)
    .where(
      and(
        eq(conversationMember.conversationId, conversationId),
        inArray(
          conversationMember.userId,
          joining.map(({ userId }) => userId),
        ),
      ),
    )
    .returning();
  const former = new Map(before.map((row) => [row.userId, row]));
  const rows: MemberRow[] = joining.map(({ userId, role }) => ({
    conversationId,
    userId,
    orgId,
    role,
    readSeq: lastSeq,
    deliveredSeq: lastSeq,
    historyFromSeq,
    notify: 'all',
    mutedUntil: null,
    pinned: false,
    archived: false,
    draft: null,
    // What they hid stays hidden, and leaving is no way around slow mode.
    hiddenRev: former.get(userId)?.hiddenRev ?? 0,
    lastSentAt: former.get(userId)?.lastSentAt ?? null,
    notifiedSeq: 0,
    blocked: false,
    joinedAt: ctx.now,
    leftAt: null,
    rev,
  }));
  await ctx.db.insert(conversationMember).values(rows);
  return rows;
}

/** Tells these people of a conversation that they did not have: connects them first, so that they hear everything after it. */
export async function announceNew(ctx: Ctx, conversation: ConversationRow, userIds: string[]): Promise<void> {
  const { conversationMember, user } = ctx.tables;
  const members = await ctx.db
    .select({ member: conversationMember, user })
    .from(conversationMember)
    .leftJoin(user, eq(user.id, conversationMember.userId))
    .where(
      and(
        eq(conversationMember.conversationId, conversation.id),
        isNull(conversationMember.leftAt),
        conversation.kind === 'direct' ? undefined : inArray(conversationMember.userId, userIds),
      ),
    );
  for (const { member } of members.filter((row) => userIds.includes(row.member.userId))) {
    const peer = conversation.kind === 'direct' ? members.find((row) => row.member.userId !== member.userId)?.user : null;
    ctx.effects.subscribe(member.userId, topics.conversation(conversation.id));
    if (peer) ctx.effects.subscribe(member.userId, topics.presence(peer.id));
    ctx.effects.publish(topics.person(member.userId), {
      type: 'conversation.created',
      conversationId: conversation.id,
      rev: conversation.rev,
      data: viewShared(conversation),
    });
    ctx.effects.publish(topics.person(member.userId), {
      type: 'membership.updated',
      conversationId: conversation.id,
      data: viewOwn(conversation, member, peer),
    });
  }
}
