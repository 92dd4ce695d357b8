import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Ctx } from '../../kernel/command.ts';
import { momentOf, type searchInput } from '../../wire/search.ts';

/** Where to look and what for, beside the words. */
export type Scope = {
  orgIds: string[];
  /** Null: the person is in so many that asking the index for each would cost more than it spares. */
  conversationIds: string[] | null;
  /** The one conversation that was asked for. */
  conversationId: string | null;
  senderId: string | null;
  type: string | null;
  after: number | null;
  before: number | null;
};

type Where = { conversationId: string | null; orgIds: string[] };

/** Null where nothing can be found. */
export async function scopeOf(ctx: Ctx, { conversationId, orgIds }: Where, input: z.output<typeof searchInput>): Promise<Scope | null> {
  const conversationIds = conversationId === null ? await narrow(ctx, orgIds) : [conversationId];
  const senderId = input.from === undefined ? null : await senderIdOf(ctx, orgIds, input.from);
  if (orgIds.length === 0 || conversationIds?.length === 0 || senderId === undefined) return null;
  return {
    orgIds,
    conversationIds,
    conversationId,
    senderId,
    type: input.type ?? null,
    after: input.after === undefined ? null : momentOf(input.after),
    before: input.before === undefined ? null : momentOf(input.before),
  };
}

async function narrow(ctx: Ctx, orgIds: string[]): Promise<string[] | null> {
  const { conversationMember: member } = ctx.tables;
  const max = ctx.config.searchNarrowMax;
  const rows = await ctx.db
    .select({ id: member.conversationId })
    .from(member)
    .where(and(eq(member.userId, ctx.actor.userId), isNull(member.leftAt), inArray(member.orgId, orgIds)))
    .limit(max + 1);
  return rows.length > max ? null : rows.map((row) => row.id);
}

/** Whoever left the organisation is found by their messages all the same. Undefined: there is no such person. */
async function senderIdOf(ctx: Ctx, orgIds: string[], ref: string): Promise<string | undefined> {
  if (ref === 'me') return ctx.actor.userId;
  if (!ref.startsWith('ext:')) return ref;
  const { user } = ctx.tables;
  const [row] = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(and(eq(user.externalId, ref.slice('ext:'.length)), inArray(user.externalOrgId, orgIds)));
  return row?.id;
}
