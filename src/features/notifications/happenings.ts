import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import type { ConversationRow } from '../conversations/access.ts';
import type { MessageRow } from '../messages/view.ts';
import { tell } from './notify.ts';
import { isQuiet, preferencesOf } from './preferences.ts';
import { removeNotifications } from './remove.ts';

type About = { conversationId: string; orgId: string; subject: string; messageId: string | null; seq: number | null; emoji: string | null };

/** They are in a conversation that they were not in. `conversation` is as it is with them. */
export function notifyAdded(ctx: Ctx, { id: conversationId, orgId, rev }: ConversationRow, userIds: string[]): Promise<void> {
  const about = { conversationId, orgId, subject: `added:${conversationId}:${rev}`, messageId: null, seq: null, emoji: null };
  return tellThese(
    ctx,
    userIds.filter((userId) => userId !== ctx.actor.userId),
    'added',
    about,
  );
}

/** Somebody reacted: only authors who chose to hear of that do, and only while they are in the conversation and have not muted it. */
export async function notifyReaction(ctx: Ctx, { id: messageId, conversationId, orgId, seq, senderId }: MessageRow, emoji: string): Promise<void> {
  if (senderId === ctx.actor.userId) return;
  const { conversationMember: member, block } = ctx.tables;
  const [author] = await ctx.db
    .select()
    .from(member)
    .where(and(eq(member.conversationId, conversationId), eq(member.userId, senderId), isNull(member.leftAt)));
  const muted = !author || author.notify === 'none' || (author.mutedUntil !== null && author.mutedUntil > ctx.now);
  if (muted || (await ctx.db.$count(block, and(eq(block.blockerId, senderId), eq(block.blockedId, ctx.actor.userId)))) > 0) return;
  await tellThese(ctx, [senderId], 'reaction', { conversationId, orgId, subject: subjectOf(ctx, messageId, emoji), messageId, seq, emoji });
}

export function forgetReaction(ctx: Ctx, messageId: string, emoji: string): Promise<void> {
  return removeNotifications(ctx, eq(ctx.tables.notification.subject, subjectOf(ctx, messageId, emoji)));
}

const subjectOf = (ctx: Ctx, messageId: string, emoji: string): string => `reaction:${messageId}:${ctx.actor.userId}:${emoji}`;

async function tellThese(ctx: Ctx, userIds: string[], reason: 'added' | 'reaction', about: About): Promise<void> {
  if (userIds.length === 0) return;
  const { pushSubscription, user } = ctx.tables;
  const preferences = await preferencesOf(ctx, userIds);
  const subscriptions = await ctx.db
    .select({ userId: user.id, timeZone: user.timeZone })
    .from(pushSubscription)
    .innerJoin(user, eq(user.id, pushSubscription.userId))
    .where(inArray(pushSubscription.userId, userIds));
  const subscribers = new Map(subscriptions.map((row) => [row.userId, row]));
  const tellings = userIds.map((userId) => {
    const chosen = preferences(userId);
    const subscriber = subscribers.get(userId);
    const push = subscriber !== undefined && chosen.kinds[reason].push && !isQuiet(chosen, subscriber.timeZone, ctx.now);
    return { userId, reason, ...about, actorId: ctx.actor.userId, centre: chosen.kinds[reason].centre, push };
  });
  await tell(
    ctx,
    tellings.filter(({ centre, push }) => centre || push),
  );
}
