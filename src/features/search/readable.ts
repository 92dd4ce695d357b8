import { and, eq, gte, inArray, isNull, lt, ne, or, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { notHiddenBy } from '../messages/hidden.ts';
import type { Scope } from './scope.ts';

export type Readable = { id: string; conversationId: string; content: string; createdAt: number };

/**
 * Of these messages those that the actor may read and that fit the filters. This is the authorisation of a search: the index
 * only proposes. Membership, organisation, the beginning of one's history, deletion and hiding are all looked at here.
 */
export function readable(ctx: Ctx, scope: Scope, which: SQL | undefined): Promise<Readable[]> {
  const { message, conversationMember: member } = ctx.tables;
  return (
    ctx.db
      .select({ id: message.id, conversationId: message.conversationId, content: message.content, createdAt: message.createdAt })
      .from(message)
      // A cross join keeps its order on both databases: from the few messages to their memberships, never the other way round.
      .crossJoin(member)
      .where(
        and(
          which,
          eq(member.conversationId, message.conversationId),
          eq(member.userId, ctx.actor.userId),
          isNull(member.leftAt),
          inArray(member.orgId, scope.orgIds),
          gte(message.seq, member.historyFromSeq),
          isNull(message.deletedAt),
          ne(message.type, 'system'),
          or(eq(member.hiddenRev, 0), notHiddenBy(ctx, message)),
          scope.conversationId === null ? undefined : eq(message.conversationId, scope.conversationId),
          scope.senderId === null ? undefined : eq(message.senderId, scope.senderId),
          scope.type === null ? undefined : eq(message.type, scope.type as 'text'),
          scope.after === null ? undefined : gte(message.createdAt, scope.after),
          scope.before === null ? undefined : lt(message.createdAt, scope.before),
        ),
      )
  );
}
