import { and, desc, eq, inArray, isNull, lt, lte, or, type SQL } from 'drizzle-orm';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { topics } from '../../kernel/effects.ts';
import { atMost, invalid } from '../../kernel/errors.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { id } from '../../wire/common.ts';
import {
  notificationList as notificationPage,
  notificationListInput,
  notificationRead as unreadLeft,
  notificationReadInput,
} from '../../wire/notifications.ts';
import { askForWithdrawal, withPush } from '../push/index.ts';
import { countUnread, ownNotifications, selectNotifications, viewNotifications } from './view.ts';

export const notificationList = defineCommand({
  name: 'notification.list',
  summary: 'List your notifications',
  description:
    'Newest first: mentions, replies, direct messages, being added, and reactions for those who chose them. They are made for people who have not read the message after MESSAGE_SETTLE_MS. Reading the conversation marks them as read.',
  http: [{ method: 'get', path: '/notifications' }],
  input: notificationListInput,
  output: notificationPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The first page', input: {} }],
  allow: signedIn,
  async run(ctx, { unread, limit, cursor }) {
    const { notification } = ctx.tables;
    const size = limit ?? ctx.config.pageDefault;
    const which = and(
      ownNotifications(ctx),
      unread === true ? isNull(notification.readAt) : undefined,
      cursor === undefined ? undefined : lt(notification.id, placeIn(id, cursor)),
    );
    const rows = await selectNotifications(ctx, which)
      .orderBy(desc(notification.id))
      .limit(size + 1);
    const items = await viewNotifications(ctx, rows.slice(0, size));
    return { items, cursor: rows.length > size ? encodeCursor(items.at(-1)?.id) : null, unread: await countUnread(ctx, ownNotifications(ctx)) };
  },
});

export const notificationRead = defineCommand({
  name: 'notification.read',
  summary: 'Mark notifications as read',
  description: 'Some of them by `ids`, or `all`. Those that are read already, or not yours, change nothing.',
  http: [{ method: 'post', path: '/notifications/read' }],
  input: notificationReadInput,
  output: unreadLeft,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'All', input: { all: true } }],
  allow: signedIn,
  async run(ctx, { ids, all }) {
    if ((ids === undefined) === (all === undefined)) invalid('ids', 'either ids or all');
    atMost('ids', ids?.length ?? 0, ctx.config.notificationsMax, 'notifications');
    const own = ownNotifications(ctx);
    await markRead(ctx, ctx.actor.userId, and(own, ids === undefined ? undefined : inArray(ctx.tables.notification.id, ids)));
    return { unread: await countUnread(ctx, own) };
  },
});

/** Somebody has read a conversation up to there, on whichever device: its notifications are read, its push is taken back. */
export async function readUpTo(ctx: Ctx, userId: string, conversationId: string, seq: number): Promise<void> {
  const { notification } = ctx.tables;
  const upTo = or(isNull(notification.seq), lte(notification.seq, seq));
  await markRead(ctx, userId, and(eq(notification.conversationId, conversationId), upTo));
  if ((await withPush(ctx, [userId])).has(userId)) askForWithdrawal(ctx, { userId, conversationId });
}

async function markRead(ctx: Ctx, userId: string, which: SQL | undefined): Promise<void> {
  const { notification } = ctx.tables;
  const whose = eq(notification.userId, userId);
  const read = await ctx.db
    .update(notification)
    .set({ readAt: ctx.now })
    .where(and(whose, isNull(notification.readAt), which))
    .returning();
  if (read.length === 0) return;
  const data = { ids: read.map((row) => row.id), unread: await countUnread(ctx, whose) };
  ctx.effects.publish(topics.person(userId), { type: 'notification.read', data });
}
