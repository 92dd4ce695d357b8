import { and, eq, gte, inArray, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { truncate } from '../../lib/text.ts';
import type { MessageType } from '../../wire/messages.ts';
import type { Notification } from '../../wire/notifications.ts';
import { notHiddenBy } from '../messages/hidden.ts';
import { plainText } from '../messages/plain.ts';
import { personColumns, viewSender } from '../messages/view.ts';

type Row = Ctx['tables']['notification']['$inferSelect'];
type UserRow = Parameters<typeof viewSender>[0];
export type NotificationParts = { notification: Row; content: string | null; type: MessageType | null; actor: UserRow };

/**
 * Notifications with what their views need, in one query. What they are about is read with them: whoever is no longer in
 * the conversation, or may no longer read the message, has no notification of it either.
 */
export function selectNotifications(ctx: Ctx, which: SQL | undefined) {
  const { notification, conversationMember: member, message, user } = ctx.tables;
  return ctx.db
    .select({ notification, content: message.content, type: message.type, actor: personColumns(user) })
    .from(notification)
    .innerJoin(member, and(eq(member.conversationId, notification.conversationId), eq(member.userId, notification.userId), isNull(member.leftAt)))
    .leftJoin(message, eq(message.id, notification.messageId))
    .leftJoin(user, eq(user.id, notification.actorId))
    .where(and(which, readable(ctx)))
    .$dynamic();
}

function readable(ctx: Ctx): SQL | undefined {
  const { notification, conversationMember: member, message } = ctx.tables;
  const present = and(isNull(message.deletedAt), gte(message.seq, member.historyFromSeq), eq(message.conversationId, notification.conversationId));
  return or(isNull(notification.messageId), present);
}

/** A condition on notifications: the actor's own, of the organisations that they may act in. */
export function ownNotifications(ctx: Ctx): SQL | undefined {
  const { notification } = ctx.tables;
  return and(
    eq(notification.userId, ctx.actor.userId),
    inArray(notification.orgId, [...ctx.actor.orgs.keys()]),
    or(isNull(notification.messageId), notHiddenBy(ctx, { id: notification.messageId, conversationId: notification.conversationId })),
  );
}

export async function countUnread(ctx: Ctx, whose: SQL | undefined): Promise<number> {
  const { notification, conversationMember: member, message } = ctx.tables;
  const [row] = await ctx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(notification)
    .innerJoin(member, and(eq(member.conversationId, notification.conversationId), eq(member.userId, notification.userId), isNull(member.leftAt)))
    .leftJoin(message, eq(message.id, notification.messageId))
    .where(and(whose, isNull(notification.readAt), readable(ctx)));
  return row?.count ?? 0;
}

/** A message that many were told of is read once. */
export async function viewNotifications(ctx: Ctx, rows: readonly NotificationParts[]): Promise<Notification[]> {
  const previews = new Map<string | null, string>();
  for (const { notification, content, type } of rows) {
    if (content === null || type === null || previews.has(notification.messageId)) continue;
    previews.set(notification.messageId, truncate(await plainText({ type, content }), ctx.config.replyPreviewCodePoints));
  }
  return rows.map((row) => viewNotification(row, previews.get(row.notification.messageId) ?? null));
}

function viewNotification({ notification, actor }: NotificationParts, preview: string | null): Notification {
  const { id, kind, orgId, conversationId, messageId, seq, actorId, emoji, createdAt, readAt } = notification;
  return { id, kind, orgId, conversationId, messageId, seq, actor: viewSender(actor, actorId), emoji, preview, createdAt, readAt };
}
