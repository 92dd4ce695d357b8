import { and, eq, inArray, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import { prepared } from '../../lib/prepared.ts';
import type { Ctx } from '../../kernel/command.ts';
import type { Receipts } from '../../wire/conversations.ts';

/** How far every member who shows receipts has come. */
export type LowWater = {
  /** What clients are told. */
  receipts: Receipts;
  /** Who shows receipts where it is one alone: nobody has received or read what they wrote. */
  only: string | null;
};

export const noLowWater: LowWater = { receipts: { readSeq: 0, deliveredSeq: 0, visible: 0 }, only: null };

type Where = Pick<Ctx, 'db' | 'tables'>;

/**
 * As one value in a query that names the conversation, so that its members are found by an index whatever else is asked. Null where nobody
 * shows receipts.
 */
export function lowWaterIn({ db, tables }: Where, conversationId: SQLWrapper): SQL<LowWater | null> {
  const member = alias(tables.conversationMember, 'counted');
  const user = alias(tables.user, 'counted_user');
  const told = sql`min(${member.readSeq}) || ' ' || min(${member.deliveredSeq}) || ' ' || count(*) || ' ' || min(${member.userId})`;
  const ofMembers = db
    .select({ told })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.conversationId, conversationId), isNull(member.leftAt), eq(user.hideReceipts, false)));
  return sql`(${ofMembers})`.mapWith(readLowWater);
}

function readLowWater(told: unknown): LowWater {
  const [readSeq, deliveredSeq, visible, first = null] = String(told).split(' ');
  return {
    receipts: { readSeq: Number(readSeq), deliveredSeq: Number(deliveredSeq), visible: Number(visible) },
    only: visible === '1' ? first : null,
  };
}

export async function lowWaterOf(ctx: Where, conversationId: string): Promise<LowWater> {
  const [row] = await prepared(ctx, lowWaterOfOne).execute({ conversationId });
  return row?.lowWater ?? noLowWater;
}

function lowWaterOfOne(where: Where) {
  return selectLowWater(where, eq(where.tables.conversation.id, sql.placeholder('conversationId'))).prepare('low_water');
}

export async function lowWaterOfAll(ctx: Where, conversationIds: string[]): Promise<Map<string, LowWater>> {
  if (conversationIds.length === 0) return new Map();
  const rows = await selectLowWater(ctx, inArray(ctx.tables.conversation.id, conversationIds));
  return new Map(rows.map(({ id, lowWater }) => [id, lowWater ?? noLowWater]));
}

function selectLowWater(where: Where, which: SQL) {
  const { conversation } = where.tables;
  return where.db
    .select({ id: conversation.id, lowWater: lowWaterIn(where, conversation.id) })
    .from(conversation)
    .where(which);
}
