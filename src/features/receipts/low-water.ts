import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { prepared } from '../../lib/prepared.ts';
import type { Ctx } from '../../kernel/command.ts';
import type { Receipts } from '../../wire/conversations.ts';

export const noReceipts: Receipts = { readSeq: 0, deliveredSeq: 0, visible: 0 };

/** Low-water marks of the members who show receipts, as a subquery with one row a conversation. */
export function lowWater(ctx: Pick<Ctx, 'db' | 'tables'>, which: SQL | undefined) {
  const { conversationMember, user } = ctx.tables;
  return ctx.db
    .select({
      conversationId: conversationMember.conversationId,
      readSeq: sql<number>`min(${conversationMember.readSeq})`.mapWith(Number).as('low_read_seq'),
      deliveredSeq: sql<number>`min(${conversationMember.deliveredSeq})`.mapWith(Number).as('low_delivered_seq'),
      visible: sql<number>`count(*)`.mapWith(Number).as('visible'),
    })
    .from(conversationMember)
    .innerJoin(user, eq(user.id, conversationMember.userId))
    .where(and(which, isNull(conversationMember.leftAt), eq(user.hideReceipts, false)))
    .groupBy(conversationMember.conversationId);
}

export async function receiptsOf(ctx: Ctx, conversationId: string): Promise<Receipts> {
  const [row] = await prepared(ctx, lowWaterOfOne).execute({ conversationId });
  return row ? { readSeq: row.readSeq, deliveredSeq: row.deliveredSeq, visible: row.visible } : noReceipts;
}

function lowWaterOfOne(ctx: Pick<Ctx, 'db' | 'tables'>) {
  return lowWater(ctx, eq(ctx.tables.conversationMember.conversationId, sql.placeholder('conversationId'))).prepare('low_water');
}

export async function receiptsOfAll(ctx: Ctx, conversationIds: string[]): Promise<Map<string, Receipts>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await lowWater(ctx, inArray(ctx.tables.conversationMember.conversationId, conversationIds));
  return new Map(rows.map(({ conversationId, ...receipts }) => [conversationId, receipts]));
}
