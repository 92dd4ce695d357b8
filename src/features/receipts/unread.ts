import { and, desc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm';
import { organisationsOf } from '../../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { id } from '../../wire/common.ts';
import { unreadCount as unreadTotal, unreadCountInput, unreadList as unreadPage, unreadListInput } from '../../wire/receipts.ts';

export const unreadCount = defineCommand({
  name: 'unread.count',
  summary: 'Count what is unread',
  http: [{ method: 'get', path: '/unread-count' }],
  input: unreadCountInput,
  output: unreadTotal,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'Everywhere', input: {} }],
  allow: signedIn,
  async run(ctx, { orgId }) {
    const { conversation, conversationMember: member } = ctx.tables;
    const [row] = await ctx.db
      .select({
        count: sql<number>`coalesce(sum(${conversation.lastSeq} - ${member.readSeq}), 0)`.mapWith(Number),
        conversations: sql<number>`count(*)`.mapWith(Number),
      })
      .from(member)
      .innerJoin(conversation, eq(conversation.id, member.conversationId))
      .where(unreadOf(ctx, orgId));
    return { count: row?.count ?? 0, conversations: row?.conversations ?? 0 };
  },
});

export const unreadList = defineCommand({
  name: 'unread.list',
  summary: 'List conversations with unread messages',
  description: 'The newest conversation first.',
  http: [{ method: 'get', path: '/unread' }],
  input: unreadListInput,
  output: unreadPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The first page', input: {} }],
  allow: signedIn,
  async run(ctx, { orgId, limit, cursor }) {
    const { conversation, conversationMember: member } = ctx.tables;
    const size = limit ?? ctx.config.pageDefault;
    const before = cursor === undefined ? undefined : lt(conversation.id, placeIn(id, cursor));
    const rows = await ctx.db
      .select({ conversationId: conversation.id, readSeq: member.readSeq, lastSeq: conversation.lastSeq, lastMessageAt: conversation.lastMessageAt })
      .from(member)
      .innerJoin(conversation, eq(conversation.id, member.conversationId))
      .where(and(unreadOf(ctx, orgId), before))
      .orderBy(desc(conversation.id))
      .limit(size + 1);
    const items = rows.slice(0, size).map((row) => ({ ...row, unread: row.lastSeq - row.readSeq }));
    return { items, cursor: rows.length > size ? encodeCursor(items.at(-1)?.conversationId) : null };
  },
});

function unreadOf(ctx: Ctx, orgId: string | undefined) {
  const { conversation, conversationMember: member } = ctx.tables;
  return and(
    eq(member.userId, ctx.actor.userId),
    isNull(member.leftAt),
    inArray(conversation.orgId, organisationsOf(ctx.actor, orgId)),
    gt(conversation.lastSeq, member.readSeq),
  );
}
