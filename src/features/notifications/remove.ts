import { and, desc, eq, inArray, isNull, lte, sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';

/** What these notifications were about is gone: so are they, and everybody concerned is told. */
export async function removeNotifications(ctx: Ctx, which: SQL | undefined): Promise<void> {
  const { notification } = ctx.tables;
  const gone = await ctx.db.delete(notification).where(which).returning();
  if (gone.length === 0) return;
  const userIds = [...new Set(gone.map((row) => row.userId))];
  const left = await ctx.db
    .select({ userId: notification.userId, unread: sql<number>`count(*)`.mapWith(Number) })
    .from(notification)
    .where(and(inArray(notification.userId, userIds), isNull(notification.readAt)))
    .groupBy(notification.userId);
  const unread = new Map(left.map((row) => [row.userId, row.unread]));
  for (const userId of userIds) {
    const data = { ids: gone.filter((row) => row.userId === userId).map((row) => row.id), unread: unread.get(userId) ?? 0 };
    ctx.effects.publish(topics.person(userId), { type: 'notification.removed', data });
  }
}

export function removeNotificationsOf(ctx: Ctx, messageId: string): Promise<void> {
  return removeNotifications(ctx, eq(ctx.tables.notification.messageId, messageId));
}

/** Whoever deleted a message for themselves is not reminded of it. */
export function removeNotificationsAbout(ctx: Ctx, messageId: string, userId: string): Promise<void> {
  const { notification } = ctx.tables;
  return removeNotifications(ctx, and(eq(notification.messageId, messageId), eq(notification.userId, userId)));
}

/** Whoever leaves a conversation leaves its notifications there. */
export function removeNotificationsIn(ctx: Ctx, conversationId: string, userId: string): Promise<void> {
  const { notification } = ctx.tables;
  return removeNotifications(ctx, and(eq(notification.conversationId, conversationId), eq(notification.userId, userId)));
}

/** The centre keeps NOTIFICATIONS_MAX for each person; the oldest go. */
export async function trimNotifications(ctx: Ctx, userIds: string[]): Promise<void> {
  const { notification } = ctx.tables;
  for (const userId of userIds) {
    const [oldest] = await ctx.db
      .select({ id: notification.id })
      .from(notification)
      .where(eq(notification.userId, userId))
      .orderBy(desc(notification.id))
      .limit(1)
      .offset(ctx.config.notificationsMax);
    if (oldest) await removeNotifications(ctx, and(eq(notification.userId, userId), lte(notification.id, oldest.id)));
  }
}
