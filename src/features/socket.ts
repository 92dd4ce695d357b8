import { and, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import { createLoader } from '../lib/loader.ts';
import { executeFor, placesOf, type ListSize } from '../lib/prepared-list.ts';
import type { Actor } from '../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../kernel/command.ts';
import { topics } from '../kernel/effects.ts';
import type { Store } from '../kernel/ports.ts';
import { socketTicket as ticketView, socketTicketInput } from '../wire/frames.ts';
import { directPeers, watchableIds } from './people/presence.ts';

export const socketTicket = defineCommand({
  name: 'socket.ticket',
  summary: 'Get a ticket for a socket',
  description: 'For clients that cannot send headers with a WebSocket: connect to /api/chat/ws?ticket=… within TICKET_TTL_MS, once.',
  http: [{ method: 'post', path: '/ws-ticket', status: 201 }],
  input: socketTicketInput,
  output: ticketView,
  limit: 'write',
  mode: 'read',
  examples: [{ summary: 'A ticket', input: {} }],
  allow: signedIn,
  run: (ctx) => ctx.tickets.issue(ctx.actor, ctx.token),
});

/** Topics with the `rev` that they had reached when it was read. */
export type Audience = { topics: [topic: string, rev: number][]; peerIds: string[]; watchedIds: string[] };

/**
 * What a connection hears: its conversations, the most recently active first up to the limit, and the presence of its direct peers. Of
 * those whom it watches, whom it still may. Those who come in the same moment are looked up together.
 */
export function createAudience({ read: db, tables }: Store, limit: number): (actor: Actor, watching: string[]) => Promise<Audience> {
  const where = { db, tables };
  const conversationsOf = createLoader(async (userIds: string[]) => {
    const found = Map.groupBy(await executeFor(where, conversationsStatement, userIds, { limit }), ({ userId }) => userId);
    return userIds.map((userId) => found.get(userId) ?? []);
  });
  const peersOf = createLoader((userIds: string[]) => directPeers(where, userIds));

  return async (actor, watching) => {
    const rows = await conversationsOf(actor.userId);
    const mayHavePeers = rows.length === limit || rows.some(({ kind }) => kind === 'direct');
    const [peers, watchedIds] = await Promise.all([
      mayHavePeers ? peersOf(actor.userId) : [],
      watching.length === 0 ? [] : watchableIds({ ...where, actor }, watching),
    ]);
    const mine = ({ orgId }: { orgId: string }): boolean => actor.orgs.has(orgId);
    return {
      topics: rows.filter(mine).map(({ id, rev }) => [topics.conversation(id), rev]),
      peerIds: peers.filter(mine).map(({ peerId }) => peerId),
      watchedIds,
    };
  };
}

function conversationsStatement({ db, tables }: Pick<Ctx, 'db' | 'tables'>, size: ListSize) {
  const { conversation, conversationMember: member } = tables;
  const { id, orgId, rev, kind, lastMessageAt } = conversation;
  const place = sql<number>`row_number() over (partition by ${member.userId} order by ${lastMessageAt} desc, ${id} desc)`;
  const ranked = db
    .select({ userId: member.userId, id, orgId, rev, kind, place: place.as('place') })
    .from(member)
    .innerJoin(conversation, eq(conversation.id, member.conversationId))
    .where(and(inArray(member.userId, placesOf(size)), isNull(member.leftAt)))
    .as('ranked');
  return db
    .select({ userId: ranked.userId, id: ranked.id, orgId: ranked.orgId, rev: ranked.rev, kind: ranked.kind })
    .from(ranked)
    .where(lte(ranked.place, sql.placeholder('limit')))
    .prepare(`audience_${size}`);
}
