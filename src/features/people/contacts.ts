import { and, asc, eq, gt, inArray, ne, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { organisationsOf } from '../../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { text } from '../../wire/common.ts';
import { contactList as contactPage, contactListInput } from '../../wire/person.ts';
import { sharingConversation } from './find.ts';
import { viewContacts } from './profile.ts';

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
  async run(ctx, { q, orgId, kind, limit, cursor }) {
    const { user, member } = ctx.tables;
    const size = limit ?? ctx.config.pageDefault;
    const place = cursor === undefined ? null : placeIn(placeSchema, cursor);
    const words = q ?? '';
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
          kind && eq(user.kind, kind),
          words === '' ? undefined : or(...spellingsOf(words).map((written) => nameHas(ctx, written)), eq(user.email, words.toLowerCase())),
          place ? or(gt(user.name, place.name), and(eq(user.name, place.name), gt(user.id, place.id))) : undefined,
        ),
      )
      .orderBy(asc(user.name), asc(user.id))
      .limit(size + 1);
    const page = rows.slice(0, size);
    const last = page.at(-1);
    return {
      items: await viewContacts(ctx, page),
      cursor: rows.length > size && last ? encodeCursor({ name: last.name, id: last.id }) : null,
    };
  },
});

const placeSchema = z.object({ name: text.max(1000), id: text.max(260) });

function nameHas({ tables: { user } }: Ctx, written: string): SQL {
  return sql`lower(${user.name}) like ${`%${escapeLike(written)}%`} escape '!'`;
}

const FIRST_LETTERS = /(?<![\p{L}\p{M}])\p{L}/gu;

/**
 * How a name may be written. `lower` of SQLite knows ASCII alone and leaves other letters as they are, so the usual ways to write them
 * are tried: as asked for, small, large, and with a large letter at the beginning of words.
 */
function spellingsOf(words: string): string[] {
  const small = words.toLowerCase();
  const named = small.replace(FIRST_LETTERS, (letter) => letter.toUpperCase());
  const ways = [small, words, words.toUpperCase(), named].map((way) => way.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  return [...new Set(ways)];
}

function escapeLike(words: string): string {
  return words.replace(/[!%_]/g, (sign) => `!${sign}`);
}
