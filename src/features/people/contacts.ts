import { and, asc, eq, gt, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { alias } from '../../db/alias.ts';
import { organisationsOf } from '../../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { invalid } from '../../kernel/errors.ts';
import { decodeCursor, encodeCursor } from '../../lib/cursor.ts';
import { text } from '../../wire/common.ts';
import { contactList as contactPage, contactListInput } from '../../wire/person.ts';
import { viewPerson } from '../conversations/view.ts';
import { presenceOf } from './presence.ts';

export const contactList = defineCommand({
  name: 'contact.list',
  summary: 'Find people',
  description:
    'The people of your organisations, by name. E-mail addresses are not shown, but a whole one finds its owner. Guests find only people whom they already talk to.',
  http: [{ method: 'get', path: '/contacts' }],
  input: contactListInput,
  output: contactPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'By name', input: { q: 'ann' } }],
  allow: signedIn,
  async run(ctx, { q, orgId, limit, cursor }) {
    const { user, member } = ctx.tables;
    const size = limit ?? ctx.config.pageDefault;
    const place = cursor === undefined ? null : placeOf(cursor);
    const words = (q ?? '').toLowerCase();
    const inMyOrganisations = ctx.db
      .select({ userId: member.userId })
      .from(member)
      .where(inArray(member.organizationId, organisationsOf(ctx.actor, orgId)));
    const rows = await ctx.db
      .select()
      .from(user)
      .where(
        and(
          inArray(user.id, inMyOrganisations),
          ctx.actor.kind === 'guest' ? inArray(user.id, sharingConversation(ctx)) : undefined,
          ne(user.id, ctx.actor.userId),
          words === '' ? undefined : or(sql`lower(${user.name}) like ${`%${escapeLike(words)}%`} escape '!'`, eq(user.email, words)),
          place ? or(gt(user.name, place.name), and(eq(user.name, place.name), gt(user.id, place.id))) : undefined,
        ),
      )
      .orderBy(asc(user.name), asc(user.id))
      .limit(size + 1);
    const page = rows.slice(0, size);
    const presence = presenceOf(ctx, page);
    const last = page.at(-1);
    return {
      items: page.map((person, i) => ({
        ...viewPerson(person),
        status: presence[i]?.status ?? 'offline',
        lastActiveAt: presence[i]?.lastActiveAt ?? null,
        capabilities: { message: true },
      })),
      cursor: rows.length > size && last ? encodeCursor({ name: last.name, id: last.id }) : null,
    };
  },
});

/** A guest gets no directory: only the people whom they already talk to. */
function sharingConversation(ctx: Ctx) {
  const { conversationMember: theirs } = ctx.tables;
  const mine = alias(theirs, 'mine');
  return ctx.db
    .select({ userId: theirs.userId })
    .from(theirs)
    .innerJoin(mine, and(eq(mine.conversationId, theirs.conversationId), eq(mine.userId, ctx.actor.userId), isNull(mine.leftAt)))
    .where(isNull(theirs.leftAt));
}

const placeSchema = z.object({ name: text.max(1000), id: text.max(260) });

function placeOf(cursor: string): z.infer<typeof placeSchema> {
  const place = placeSchema.safeParse(decodeCursor(cursor));
  return place.success ? place.data : invalid('cursor', 'not a cursor of this list');
}

function escapeLike(words: string): string {
  return words.replace(/[!%_]/g, (sign) => `!${sign}`);
}
