import { and, desc, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import { z } from 'zod';
import { organisationsOf } from '../../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { fail } from '../../kernel/errors.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { newId } from '../../lib/id.ts';
import { id } from '../../wire/common.ts';
import {
  conversation as conversationView,
  conversationGetInput,
  conversationList as conversationPage,
  conversationListInput,
} from '../../wire/conversations.ts';
import { asMember } from './access.ts';
import { getConversation, selectConversations, viewConversation } from './view.ts';

export const conversationGet = defineCommand({
  name: 'conversation.get',
  summary: 'Read one conversation',
  http: [{ method: 'get', path: '/conversations/:conversationId' }],
  input: conversationGetInput,
  output: conversationView,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'One conversation', input: { conversationId: '{conversation}' } }],
  allow: asMember,
  run: async (ctx, { conversationId }) => (await getConversation(ctx, conversationId)) ?? fail('not_found'),
});

export const conversationList = defineCommand({
  name: 'conversation.list',
  summary: 'List your conversations',
  description:
    'Newest activity first, with the last message and what is unread. Pages hold still while messages arrive: the cursor remembers when the first page was read, and what happened later shows in the events.',
  http: [{ method: 'get', path: '/conversations' }],
  input: conversationListInput,
  output: conversationPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The first page', input: { limit: 20 } }],
  allow: signedIn,
  async run(ctx, input) {
    const size = input.limit ?? ctx.config.pageDefault;
    const place = input.cursor === undefined ? { asOf: newId(), after: null } : placeIn(placeSchema, input.cursor);
    const page = await listPage(ctx, input, place, size);
    const shown = page.slice(0, size);
    const parts =
      shown.length === 0
        ? []
        : await selectConversations(
            ctx,
            inArray(
              ctx.tables.conversation.id,
              shown.map((row) => row.id),
            ),
          );
    const views = new Map(parts.map((one) => [one.conversation.id, viewConversation(ctx, one)]));
    const last = shown.at(-1);
    return {
      items: shown.flatMap((row) => views.get(row.id) ?? []),
      cursor: page.length > size && last ? encodeCursor({ asOf: place.asOf, after: last.key }) : null,
    };
  },
});

/** `asOf` is an id made when the first page was read; ids sort by time, so it divides what was there from what came later. */
const placeSchema = z.object({ asOf: id, after: id });
type Place = { asOf: string; after: string | null };

/**
 * The order is that of each conversation's newest message *as of the first page* (its id, or the conversation's own
 * where there is none). So a conversation that moves to the top between two pages is neither skipped nor repeated.
 */
async function listPage(
  ctx: Ctx,
  filter: z.output<typeof conversationListInput>,
  place: Place,
  size: number,
): Promise<{ id: string; key: string }[]> {
  const { conversation, conversationMember, message } = ctx.tables;
  const newest = ctx.db
    .select({ id: message.id })
    .from(message)
    .where(and(eq(message.conversationId, conversation.id), lte(message.id, place.asOf)))
    .orderBy(desc(message.seq))
    .limit(1);
  const keyed = ctx.db
    .select({ id: conversation.id, key: sql<string>`coalesce(${newest}, ${conversation.id})`.as('key') })
    .from(conversationMember)
    .innerJoin(conversation, eq(conversation.id, conversationMember.conversationId))
    .where(
      and(
        eq(conversationMember.userId, ctx.actor.userId),
        isNull(conversationMember.leftAt),
        eq(conversationMember.archived, filter.archived ?? false),
        inArray(conversation.orgId, organisationsOf(ctx.actor, filter.orgId)),
        filter.kind && eq(conversation.kind, filter.kind),
        lte(conversation.id, place.asOf),
      ),
    )
    .as('keyed');
  return ctx.db
    .select({ id: keyed.id, key: keyed.key })
    .from(keyed)
    .where(place.after === null ? undefined : sql`${keyed.key} < ${place.after}`)
    .orderBy(desc(keyed.key))
    .limit(size + 1);
}
