import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Actor } from '../kernel/actor.ts';
import { defineCommand, signedIn } from '../kernel/command.ts';
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
  const { conversation, conversationMember: member } = store.tables;
  const rows = await store.read
    .select({ id: conversation.id, rev: conversation.rev })
    .from(member)
    .innerJoin(conversation, eq(conversation.id, member.conversationId))
    .where(and(eq(member.userId, actor.userId), isNull(member.leftAt), inArray(conversation.orgId, [...actor.orgs.keys()])))
    .orderBy(desc(conversation.lastMessageAt), desc(conversation.id))
    .limit(limit);
  const looking = { db: store.read, tables: store.tables, actor };
  const peerIds = await directPeerIds(looking);
  const watchedIds = watching.length === 0 ? [] : await watchableIds(looking, watching);
  return { topics: rows.map(({ id, rev }) => [topics.conversation(id), rev]), peerIds, watchedIds };
}
