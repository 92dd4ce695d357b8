import { and, asc, desc, eq, gt, gte, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { forUpdate } from '../../db/lock.ts';
import { prepared } from '../../lib/prepared.ts';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { fail, invalid } from '../../kernel/errors.ts';
import { messageGetInput, messageList as messagePage, messageListInput, messageView } from '../../wire/messages.ts';
import { asMember, seekAccess, type Access } from '../conversations/access.ts';
import { isHidden, notHiddenBy } from './hidden.ts';
import { withOwnVotes } from '../polls/own.ts';
import { lowWaterOf } from '../receipts/low-water.ts';
import { partsOf, type Placed } from './parts.ts';
import { selectMessages, viewMessageFor, type MessageRow } from './view.ts';

export const messageGet = defineCommand({
  name: 'message.get',
  summary: 'Read one message',
  http: [{ method: 'get', path: '/messages/:messageId' }],
  input: messageGetInput,
  output: messageView,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'One message', input: { messageId: '{message}' } }],
  allow: (ctx, { messageId }) => findMessage(ctx, messageId),
  async run(ctx, { messageId }, { access }) {
    const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, messageId));
    const [view] = parts ? await withOwnVotes(ctx, [viewMessageFor(ctx, access, parts, await lowWaterOf(ctx, access.conversation.id))]) : [];
    return view ?? fail('not_found');
  },
});

export const messageList = defineCommand({
  name: 'message.list',
  summary: 'Read a page of messages',
  description:
    'Oldest first on the page. Without `before`, `after` or `around`: the newest. Deleted messages are tombstones. What stands in a thread only is left out; `threadId` asks for it.',
  http: [{ method: 'get', path: '/conversations/:conversationId/messages' }],
  input: messageListInput,
  output: messagePage,
  limit: 'read',
  mode: 'read',
  examples: [
    { summary: 'The newest', input: { conversationId: '{conversation}', limit: 20 } },
    { summary: 'Around one', input: { conversationId: '{conversation}', around: 1, limit: 20 } },
  ],
  allow: asMember,
  async run(ctx, input, access) {
    const size = input.limit ?? ctx.config.pageDefault;
    const { placed, cursor } = await pageOf(ctx, await listedOf(ctx, access, input.threadId), placeOf(input), size);
    const { id } = access.conversation;
    const [parts, lowWater] = await Promise.all([partsOf(ctx, id, placed), lowWaterOf(ctx, id)]);
    const views = parts.map((one) => viewMessageFor(ctx, access, one, lowWater));
    return { items: await withOwnVotes(ctx, views), cursor };
  },
});

type Place = { before: number } | { after: number } | { around: number };

function placeOf(input: { before?: number; after?: number; around?: number; cursor?: string }): Place {
  const given = (['before', 'after', 'around', 'cursor'] as const).filter((name) => input[name] !== undefined);
  if (given.length > 1) invalid(given[1] ?? 'cursor', `not together with ${given[0]}`);
  if (input.cursor !== undefined) return placeOfCursor(input.cursor);
  if (input.after !== undefined) return { after: input.after };
  if (input.around !== undefined) return { around: input.around };
  return { before: input.before ?? Number.MAX_SAFE_INTEGER };
}

function placeOfCursor(cursor: string): Place {
  const [, direction, seq] = /^([ba])(\d{1,15})$/.exec(cursor) ?? invalid('cursor', 'not a cursor of this list');
  return direction === 'a' ? { after: Number(seq) } : { before: Number(seq) };
}

async function pageOf(ctx: Ctx, listed: Listed, place: Place, size: number): Promise<{ placed: Placed[]; cursor: string | null }> {
  if ('before' in place) {
    const rows = (await olderThan(ctx, listed, place.before, size + 1)).reverse();
    const page = rows.slice(-size);
    return { placed: page, cursor: rows.length > size ? `b${page[0]?.seq}` : null };
  }
  if ('after' in place) {
    const rows = await newerThan(ctx, listed, place.after, size + 1);
    const page = rows.slice(0, size);
    return { placed: page, cursor: rows.length > size ? `a${page.at(-1)?.seq}` : null };
  }
  const older = (await olderThan(ctx, listed, place.around + 1, Math.ceil(size / 2) + 1)).reverse();
  const newer = await newerThan(ctx, listed, place.around, Math.floor(size / 2));
  const kept = older.slice(-Math.ceil(size / 2));
  return { placed: [...kept, ...newer], cursor: older.length > kept.length ? `b${kept[0]?.seq}` : null };
}

/** What the member may read of the conversation itself, or of a thread in it. */
type Listed = { of: 'conversation' | 'thread'; hides: 'hides' | 'shows'; values: Record<string, unknown> };

async function listedOf(ctx: Ctx, { conversation, membership }: Access, threadId: string | undefined): Promise<Listed> {
  if (threadId !== undefined) await findThread(ctx, threadId, conversation.id);
  const { historyFromSeq: from, hiddenRev } = membership;
  const values = { conversationId: conversation.id, from, to: conversation.lastSeq, threadId, userId: ctx.actor.userId };
  return { of: threadId === undefined ? 'conversation' : 'thread', hides: hiddenRev === 0 ? 'shows' : 'hides', values };
}

const olderThan = (ctx: Ctx, { of, hides, values }: Listed, seq: number, size: number): Promise<Placed[]> =>
  prepared(ctx, pageStatement, `older ${of} ${hides}`).execute({ ...values, seq, size });

const newerThan = (ctx: Ctx, { of, hides, values }: Listed, seq: number, size: number): Promise<Placed[]> =>
  prepared(ctx, pageStatement, `newer ${of} ${hides}`).execute({ ...values, seq, size });

type Variant = `${'older' | 'newer'} ${Listed['of']} ${Listed['hides']}`;

function pageStatement(ctx: Ctx, variant: Variant) {
  const { message } = ctx.tables;
  const [order, of, hides] = variant.split(' ');
  const seq = sql.placeholder('seq');
  const readable = [
    eq(message.conversationId, sql.placeholder('conversationId')),
    gte(message.seq, sql.placeholder('from')),
    lte(message.seq, sql.placeholder('to')),
    of === 'thread' ? eq(message.threadId, sql.placeholder('threadId')) : or(isNull(message.threadId), eq(message.alsoToConversation, true)),
    hides === 'hides' ? notHiddenBy(ctx, message, sql.placeholder('userId')) : undefined,
  ];
  return ctx.db
    .select({ seq: message.seq, rev: message.rev })
    .from(message)
    .where(and(...readable, order === 'older' ? lt(message.seq, seq) : gt(message.seq, seq)))
    .orderBy(order === 'older' ? desc(message.seq) : asc(message.seq))
    .limit(sql.placeholder('size'))
    .prepare('messages');
}

async function findThread(ctx: Ctx, threadId: string, conversationId: string): Promise<void> {
  const { message } = await findMessage(ctx, threadId);
  if (message.conversationId !== conversationId) fail('not_found', 'There is no such thread in this conversation.');
}

/** A message is found through the membership of its conversation, like everything in it. */
export async function findMessage(
  ctx: Ctx,
  messageId: string,
  { evenHidden = false, locked = false } = {},
): Promise<{ message: MessageRow; access: Access }> {
  const { message } = ctx.tables;
  const one = ctx.db.select().from(message).where(eq(message.id, messageId));
  const [found] = await (locked ? forUpdate(one, message) : one);
  const access = found ? await seekAccess(ctx, found.conversationId) : null;
  const { historyFromSeq, hiddenRev } = access?.membership ?? { historyFromSeq: 0, hiddenRev: 0 };
  const gone = !evenHidden && hiddenRev > 0 && (await isHidden(ctx, messageId));
  if (!found || !access || found.seq < historyFromSeq || gone) fail('not_found', 'The message does not exist, or you may not read it.');
  return { message: found, access };
}
