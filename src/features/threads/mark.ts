import { desc, eq, lt } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { threadMark, threadReadInput } from '../../wire/threads.ts';
import { findMessage } from '../messages/read.ts';
import { readMarksOf } from './view.ts';

export const threadRead = defineCommand({
  name: 'thread.read',
  summary: 'Mark a thread as read',
  description: 'Up to and with `seq`, never back and never beyond its newest message. The marks of the conversation are another matter.',
  http: [{ method: 'put', path: '/threads/:threadId/read' }],
  input: threadReadInput,
  output: threadMark,
  limit: 'signal',
  mode: 'write',
  examples: [{ summary: 'All of it', input: { threadId: '{message}' } }],
  allow: (ctx, { threadId }) => findMessage(ctx, threadId),
  async run(ctx, { threadId, seq = Number.MAX_SAFE_INTEGER }, { access }) {
    const { message, threadRead: table } = ctx.tables;
    const { id: conversationId, orgId } = access.conversation;
    const { userId } = ctx.actor;
    const [newest] = await ctx.db
      .select({ seq: message.seq })
      .from(message)
      .where(eq(message.threadId, threadId))
      .orderBy(desc(message.seq))
      .limit(1);
    if (!newest) return { threadId, readSeq: 0, unread: 0 };
    const wanted = Math.min(seq, newest.seq);
    const [moved] = await ctx.db
      .insert(table)
      .values({ threadId, userId, conversationId, orgId, readSeq: wanted })
      .onConflictDoUpdate({ target: [table.threadId, table.userId], set: { readSeq: wanted }, setWhere: lt(table.readSeq, wanted) })
      .returning();
    const mark = (await readMarksOf(ctx, access, [threadId])).get(threadId);
    const data = { threadId, readSeq: mark?.readSeq ?? wanted, unread: mark?.unread ?? 0 };
    if (moved) ctx.effects.publish(topics.person(userId), { type: 'thread.read', conversationId, data });
    return data;
  },
});
