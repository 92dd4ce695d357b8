import { and, eq, gte, sql, type Placeholder, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import type { Access, MemberRow } from '../conversations/access.ts';
import { removeNotificationsAbout } from '../notifications/remove.ts';
import type { MessageRow } from './view.ts';

/**
 * A message that somebody deleted for themselves. Nobody else hears of it, so it takes no `rev`. It is stored under the
 * present `rev` of its conversation, and the membership remembers the newest of those: a device that comes back with an
 * older or the same `rev` is told, and people who never hid anything cost no query.
 *
 * The caller holds the conversation's row, so `rev` is the present one until the commit.
 */
export async function hideMessage(ctx: Ctx, message: MessageRow, { conversation }: Access): Promise<void> {
  const { hiddenMessage, conversationMember: member } = ctx.tables;
  const { userId } = ctx.actor;
  const { id: conversationId, orgId, rev } = conversation;
  const [hidden] = await ctx.db
    .insert(hiddenMessage)
    .values({ userId, messageId: message.id, conversationId, orgId, rev, hiddenAt: ctx.now })
    .onConflictDoNothing({ target: [hiddenMessage.userId, hiddenMessage.messageId] })
    .returning();
  if (!hidden) return;
  await ctx.db
    .update(member)
    .set({ hiddenRev: rev })
    .where(and(eq(member.conversationId, conversationId), eq(member.userId, userId)));
  ctx.effects.publish(topics.person(userId), { type: 'message.hidden', conversationId, data: { messageId: message.id } });
  // After the membership, where a notification that is being made at this moment is waited for.
  await removeNotificationsAbout(ctx, message.id, userId);
}

/** A condition on messages: without those that the actor hid. */
export function notHidden(ctx: Ctx, { hiddenRev }: Pick<MemberRow, 'hiddenRev'>): SQL | undefined {
  return hiddenRev === 0 ? undefined : notHiddenBy(ctx, ctx.tables.message);
}

type Place = { id: SQLWrapper; conversationId: SQLWrapper };

/** The conversation is named as well, so that only where it lies is looked. */
export function notHiddenBy(ctx: Ctx, { id, conversationId }: Place, userId: string | Placeholder = ctx.actor.userId): SQL {
  const { hiddenMessage } = ctx.tables;
  return sql`not exists (select 1 from ${hiddenMessage} where ${hiddenMessage.userId} = ${userId} and ${hiddenMessage.messageId} = ${id}
    and ${hiddenMessage.conversationId} = ${conversationId})`;
}

export async function isHidden(ctx: Ctx, messageId: string): Promise<boolean> {
  const { hiddenMessage: hidden } = ctx.tables;
  return (await ctx.db.$count(hidden, and(eq(hidden.userId, ctx.actor.userId), eq(hidden.messageId, messageId)))) > 0;
}

/** Messages that the actor hid while a device of theirs held this `rev`, or later: the device may hold them still. */
export async function hiddenSince(ctx: Ctx, { conversationId, hiddenRev }: MemberRow, held: number): Promise<string[]> {
  if (hiddenRev === 0 || hiddenRev < held) return [];
  const { hiddenMessage: hidden } = ctx.tables;
  const rows = await ctx.db
    .select({ messageId: hidden.messageId })
    .from(hidden)
    .where(and(eq(hidden.userId, ctx.actor.userId), eq(hidden.conversationId, conversationId), gte(hidden.rev, held)));
  return rows.map((row) => row.messageId);
}
