import { and, desc, eq, gte, isNotNull, lt, or, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { fail } from '../../kernel/errors.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { id, time } from '../../wire/common.ts';
import { thread as threadView, threadGetInput, threadList as threadPage, threadListInput } from '../../wire/threads.ts';
import { asMember, type Access } from '../conversations/access.ts';
import { notHidden } from '../messages/hidden.ts';
import { findMessage } from '../messages/read.ts';
import { selectMessages } from '../messages/view.ts';
import { viewThreads, wroteIn } from './view.ts';

export const threadList = defineCommand({
  name: 'thread.list',
  summary: 'List the threads of a conversation',
  description: 'The one with the newest message first. What stands in a thread is read by `message.list` with `threadId`.',
  http: [{ method: 'get', path: '/conversations/:conversationId/threads' }],
  input: threadListInput,
  output: threadPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The first page', input: { conversationId: '{conversation}' } }],
  allow: asMember,
  async run(ctx, { participating, limit, cursor }, access) {
    const { message } = ctx.tables;
    const size = limit ?? ctx.config.pageDefault;
    const place = cursor === undefined ? undefined : after(ctx, cursor);
    const roots = await selectMessages(ctx, and(threadsOf(ctx, access), participating === true ? wroteIn(ctx) : undefined, place))
      .orderBy(desc(message.lastReplyAt), desc(message.id))
      .limit(size + 1);
    const shown = roots.slice(0, size);
    const last = shown.at(-1)?.message;
    const more = roots.length > size && last ? encodeCursor({ at: last.lastReplyAt, id: last.id }) : null;
    return { items: await viewThreads(ctx, access, shown), cursor: more };
  },
});

export const threadGet = defineCommand({
  name: 'thread.get',
  summary: 'Read about one thread',
  http: [{ method: 'get', path: '/threads/:threadId' }],
  input: threadGetInput,
  output: threadView,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'One thread', input: { threadId: '{message}' } }],
  allow: (ctx, { threadId }) => findMessage(ctx, threadId),
  async run(ctx, { threadId }, { access }) {
    const roots = await selectMessages(ctx, eq(ctx.tables.message.id, threadId));
    const [view] = await viewThreads(ctx, access, roots);
    return view ?? fail('not_found');
  },
});

function threadsOf(ctx: Ctx, { conversation, membership }: Access): SQL | undefined {
  const { message } = ctx.tables;
  return and(
    eq(message.conversationId, conversation.id),
    isNotNull(message.lastReplyAt),
    gte(message.seq, membership.historyFromSeq),
    notHidden(ctx, membership),
  );
}

const placeSchema = z.object({ at: time, id });

function after(ctx: Ctx, cursor: string): SQL | undefined {
  const place = placeIn(placeSchema, cursor);
  const { message } = ctx.tables;
  return or(lt(message.lastReplyAt, place.at), and(eq(message.lastReplyAt, place.at), lt(message.id, place.id)));
}
