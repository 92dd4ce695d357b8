import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { prepared } from '../lib/prepared.ts';
import type { Actor } from '../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../kernel/command.ts';
import { topics } from '../kernel/effects.ts';
import type { Store } from '../kernel/ports.ts';
import { socketTicket as ticketView, socketTicketInput } from '../wire/frames.ts';
import { directPeerIds, watchableIds } from './people/presence.ts';

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
 * those whom it watches, whom it still may.
 */
export async function audienceOf(store: Store, actor: Actor, watching: string[], limit: number): Promise<Audience> {
  const where = { db: store.read, tables: store.tables };
  const [rows, peerIds, watchedIds] = await Promise.all([
    prepared(where, conversationsStatement).execute({ userId: actor.userId, limit }),
    directPeerIds({ ...where, actor }),
    watching.length === 0 ? [] : watchableIds({ ...where, actor }, watching),
  ]);
  const heard = rows.filter(({ orgId }) => actor.orgs.has(orgId));
  return { topics: heard.map(({ id, rev }) => [topics.conversation(id), rev]), peerIds, watchedIds };
}

function conversationsStatement({ db, tables }: Pick<Ctx, 'db' | 'tables'>) {
  const { conversation, conversationMember: member } = tables;
  return db
    .select({ id: conversation.id, orgId: conversation.orgId, rev: conversation.rev })
    .from(member)
    .innerJoin(conversation, eq(conversation.id, member.conversationId))
    .where(and(eq(member.userId, sql.placeholder('userId')), isNull(member.leftAt)))
    .orderBy(desc(conversation.lastMessageAt), desc(conversation.id))
    .limit(sql.placeholder('limit'))
    .prepare('audience');
}
