import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { text } from '../../wire/common.ts';
import { memberList as memberPage, memberListInput } from '../../wire/members.ts';
import { asMember } from '../conversations/access.ts';
import { viewMemberFor } from './view.ts';

export const memberList = defineCommand({
  name: 'member.list',
  summary: 'List the members of a conversation',
  http: [{ method: 'get', path: '/conversations/:conversationId/members' }],
  input: memberListInput,
  output: memberPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The first page', input: { conversationId: '{conversation}' } }],
  allow: asMember,
  async run(ctx, input, access) {
    const { conversationMember, user } = ctx.tables;
    const size = input.limit ?? ctx.config.pageDefault;
    const after = input.cursor === undefined ? '' : placeIn(text.max(260), input.cursor);
    const rows = await ctx.db
      .select({ member: conversationMember, user })
      .from(conversationMember)
      .leftJoin(user, eq(user.id, conversationMember.userId))
      .where(
        and(eq(conversationMember.conversationId, input.conversationId), isNull(conversationMember.leftAt), gt(conversationMember.userId, after)),
      )
      .orderBy(asc(conversationMember.userId))
      .limit(size + 1);
    const page = rows.slice(0, size);
    return {
      items: page.map((row) => viewMemberFor(ctx, access, row.member, row.user)),
      cursor: rows.length > size ? encodeCursor(page.at(-1)?.member.userId) : null,
    };
  },
});
