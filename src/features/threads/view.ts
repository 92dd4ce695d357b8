import { and, asc, eq, gte, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import type { Sender } from '../../wire/person.ts';
import type { Thread } from '../../wire/threads.ts';
import type { Access } from '../conversations/access.ts';
import { notHidden } from '../messages/hidden.ts';
import { personColumns, viewMessageFor, viewSender, type MessageParts } from '../messages/view.ts';
import { withOwnVotes } from '../polls/own.ts';
import { lowWaterOf } from '../receipts/low-water.ts';

/** The threads that hang under these messages of one conversation, with three queries for all of them. */
export async function viewThreads(ctx: Ctx, access: Access, roots: MessageParts[]): Promise<Thread[]> {
  const ids = roots.map(({ message }) => message.id);
  if (ids.length === 0) return [];
  const lowWater = await lowWaterOf(ctx, access.conversation.id);
  const marks = await readMarksOf(ctx, access, ids);
  const writers = await writersOf(ctx, ids);
  const messages = roots.map((root) => viewMessageFor(ctx, access, root, lowWater));
  return (await withOwnVotes(ctx, messages)).map((message) => {
    const author = message.sender;
    const others = (writers.get(message.id) ?? []).filter((person) => person.id !== author.id);
    const participants = [author, ...others];
    return {
      message,
      readSeq: marks.get(message.id)?.readSeq ?? 0,
      unread: marks.get(message.id)?.unread ?? 0,
      participating: participants.some((person) => person.id === ctx.actor.userId),
      participants: participants.slice(0, ctx.config.threadParticipantsShown),
      participantCount: participants.length,
    };
  });
}

/** A condition on messages: those that the actor wrote, or wrote under. */
export function wroteIn(ctx: Ctx): SQL {
  const { message } = ctx.tables;
  const { userId } = ctx.actor;
  return sql`(${message.senderId} = ${userId} or exists (
    select 1 from ${message} as reply where reply.thread_id = ${message.id} and reply.sender_id = ${userId}))`;
}

/** What the actor has read of each thread. Unread are the messages of others after that, since the actor joined. */
export async function readMarksOf(ctx: Ctx, { membership }: Access, threadIds: string[]): Promise<Map<string, { readSeq: number; unread: number }>> {
  const { message, threadRead } = ctx.tables;
  const { userId } = ctx.actor;
  const { joinedAt, historyFromSeq } = membership;
  const readSeq = sql<number>`coalesce(${threadRead.readSeq}, 0)`.mapWith(Number);
  const unread = sql<number>`sum(case when ${message.seq} > coalesce(${threadRead.readSeq}, 0) and ${message.senderId} <> ${userId}
    and ${message.createdAt} >= ${joinedAt} then 1 else 0 end)`.mapWith(Number);
  const rows = await ctx.db
    .select({ threadId: message.threadId, readSeq, unread })
    .from(message)
    .leftJoin(threadRead, and(eq(threadRead.threadId, message.threadId), eq(threadRead.userId, userId)))
    .where(and(inArray(message.threadId, threadIds), isNull(message.deletedAt), gte(message.seq, historyFromSeq), notHidden(ctx, membership)))
    .groupBy(message.threadId, threadRead.readSeq);
  return new Map(rows.map((row) => [row.threadId ?? '', { readSeq: row.readSeq, unread: row.unread }]));
}

/** Who wrote in each thread, in the order of their first message. */
async function writersOf(ctx: Ctx, threadIds: string[]): Promise<Map<string, Sender[]>> {
  const { message, user } = ctx.tables;
  const first = sql<number>`min(${message.seq})`.mapWith(Number).as('first_seq');
  const rows = await ctx.db
    .select({ threadId: message.threadId, senderId: message.senderId, sender: personColumns(user), first })
    .from(message)
    .leftJoin(user, eq(user.id, message.senderId))
    .where(and(inArray(message.threadId, threadIds), isNull(message.deletedAt)))
    .groupBy(message.threadId, message.senderId, user.id)
    .orderBy(asc(first));
  const writers = new Map<string, Sender[]>();
  for (const { threadId, senderId, sender } of rows)
    writers.set(threadId ?? '', [...(writers.get(threadId ?? '') ?? []), viewSender(sender, senderId)]);
  return writers;
}
