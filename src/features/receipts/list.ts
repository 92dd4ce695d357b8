import { and, asc, eq, gt, isNull, lte, ne } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { text } from '../../wire/common.ts';
import { receiptList as receiptPage, receiptListInput } from '../../wire/receipts.ts';
import { viewPerson } from '../conversations/view.ts';
import { findMessage } from '../messages/read.ts';

export const receiptList = defineCommand({
  name: 'receipt.list',
  summary: 'List who has read a message',
  description:
    'Each member who was there when it was sent, without its sender and without those who hide their receipts. `receipt.updated` tells what changes: whoever has read up to a later `seq` has read this one.',
  http: [{ method: 'get', path: '/messages/:messageId/receipts' }],
  input: receiptListInput,
  output: receiptPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The first page', input: { messageId: '{message}' } }],
  allow: (ctx, { messageId }) => findMessage(ctx, messageId),
  async run(ctx, input, { message }) {
    const { conversationMember: member, user } = ctx.tables;
    const size = input.limit ?? ctx.config.pageDefault;
    const after = input.cursor === undefined ? '' : placeIn(text.max(260), input.cursor);
    const rows = await ctx.db
      .select({ readSeq: member.readSeq, deliveredSeq: member.deliveredSeq, user })
      .from(member)
      .innerJoin(user, eq(user.id, member.userId))
      .where(
        and(
          eq(member.conversationId, message.conversationId),
          isNull(member.leftAt),
          eq(member.blocked, false),
          ne(member.userId, message.senderId),
          lte(member.joinedAt, message.createdAt),
          eq(user.hideReceipts, false),
          gt(member.userId, after),
        ),
      )
      .orderBy(asc(member.userId))
      .limit(size + 1);
    const page = rows.slice(0, size);
    return {
      items: page.map(({ readSeq, deliveredSeq, user: person }) => ({
        userId: person.id,
        user: viewPerson(person),
        status: message.seq <= readSeq ? ('read' as const) : message.seq <= deliveredSeq ? ('delivered' as const) : ('sent' as const),
      })),
      cursor: rows.length > size ? encodeCursor(page.at(-1)?.user.id) : null,
    };
  },
});
