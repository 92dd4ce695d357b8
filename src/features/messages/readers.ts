import { and, eq, isNull } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import type { Event } from '../../wire/events.ts';
import type { ConversationRow } from '../conversations/access.ts';

type DurableEvent = Event & { rev: number };
type Publication = { topic: string; event: Event };
/** To whom an event about a message goes. */
export type Readers = (event: DurableEvent) => Publication[];

/**
 * Everybody in the conversation, as long as everybody may read the message. Where somebody joined later and sees only what
 * came after, each member is told on their own topic: those who may not read it hear no more than that `rev` moved on.
 */
export async function readersOf(ctx: Ctx, { id: conversationId, historyFromMax }: ConversationRow, seq: number): Promise<Readers> {
  if (seq >= historyFromMax) return (event) => [{ topic: topics.conversation(conversationId), event }];
  const { conversationMember: member } = ctx.tables;
  const members = await ctx.db
    .select({ userId: member.userId, historyFromSeq: member.historyFromSeq })
    .from(member)
    .where(and(eq(member.conversationId, conversationId), isNull(member.leftAt)));
  return (event) =>
    members.map(({ userId, historyFromSeq }) => ({
      topic: topics.person(userId),
      event: seq >= historyFromSeq ? event : { type: 'conversation.advanced', conversationId, rev: event.rev, data: { id: conversationId } },
    }));
}

export async function tellReaders(ctx: Ctx, conversation: ConversationRow, seq: number, event: DurableEvent): Promise<void> {
  for (const publication of (await readersOf(ctx, conversation, seq))(event)) ctx.effects.publish(publication.topic, publication.event);
}
