import { and, desc, gte, inArray, lt, sql, type SQL } from 'drizzle-orm';
import { kit as k } from './kit.ts';
import { tag, tagsOf, type Entry, type Search, type Wanted } from './search.ts';
import type { Db } from './store.ts';

/**
 * A tsvector without positions under a GIN index: phrases are checked on the message itself. Short beginnings of words are tokens
 * of their own, because reading every word that begins with two letters costs more than the search.
 */
const indexTable = k.table('message_search', { messageId: k.text().primaryKey(), tokens: k.text().notNull() });

export const searchPostgres: Search = {
  async find(db, wanted) {
    // Within a few conversations the index has few candidates to sort.
    if (wanted.conversationIds !== null) return throughIndex(db, wanted);
    const [edge] = await db.select(id).from(indexTable).where(bounds(wanted)).orderBy(desc(indexTable.messageId)).offset(NEWEST_ROWS).limit(1);
    const newest = await inOrder(db, edge ? { ...wanted, from: edge.messageId } : wanted);
    if (!edge || newest.length === wanted.limit) return newest;
    return [...newest, ...(await throughIndex(db, { ...wanted, before: edge.messageId, limit: wanted.limit - newest.length }))];
  },

  async put(db, entries) {
    if (entries.length === 0) return;
    const rows = JSON.stringify(entries.map((entry) => ({ id: entry.id, tokens: tokensOf(entry).join(' ') })));
    // One parameter for all of them: to build a statement of hundreds costs more than to run it.
    await db
      .insert(indexTable)
      .select(
        sql`select id, array_to_tsvector(string_to_array(tokens, ' ')) from json_to_recordset(${rows}::text::json) as row (id text, tokens text)`,
      )
      .onConflictDoUpdate({ target: indexTable.messageId, set: { tokens: sql`excluded.tokens` } });
  },

  remove: (db, messageId) => removeRows(db, [messageId]),

  async removeSome(db, conversationId, limit) {
    const some = await db
      .select({ messageId: indexTable.messageId })
      .from(indexTable)
      .where(matches(quoted(tag.conversation(conversationId))))
      .limit(limit);
    await removeRows(
      db,
      some.map((row) => row.messageId),
    );
    return some.length;
  },
};

const id = { messageId: indexTable.messageId };

/**
 * A common word fills a page from the newest rows; sorting all its messages would take longer than everything else. A rare one is
 * sought in the index. Which is which the planner cannot tell, as its statistics know only the most frequent words.
 */
const NEWEST_ROWS = 5_000;

async function inOrder(db: Db, wanted: Wanted): Promise<string[]> {
  const rows = await db
    .select(id)
    .from(indexTable)
    .where(and(matches(expression(wanted)), bounds(wanted)))
    .orderBy(desc(indexTable.messageId))
    .limit(wanted.limit);
  return rows.map((row) => row.messageId);
}

/** Sorted by an expression, so that no plan walks the rows in their order to find the few that match. */
async function throughIndex(db: Db, wanted: Wanted): Promise<string[]> {
  const rows = await db
    .select(id)
    .from(indexTable)
    .where(and(matches(expression(wanted)), bounds(wanted)))
    .orderBy(sql`${indexTable.messageId} || '' desc`)
    .limit(wanted.limit);
  return rows.map((row) => row.messageId);
}

function bounds({ from, before }: Wanted): SQL | undefined {
  return and(from === null ? undefined : gte(indexTable.messageId, from), before === null ? undefined : lt(indexTable.messageId, before));
}

async function removeRows(db: Db, messageIds: string[]): Promise<void> {
  if (messageIds.length > 0) await db.delete(indexTable).where(inArray(indexTable.messageId, messageIds));
}

function tokensOf(entry: Entry): string[] {
  return [...entry.words, ...new Set(entry.words.flatMap(beginnings)), ...tagsOf(entry)];
}

const BEGINNING_LETTERS_MIN = 2;
const BEGINNING_LETTERS_MAX = 5;

function beginnings(word: string): string[] {
  const found: string[] = [];
  let end = 0;
  for (let letters = 1; letters <= BEGINNING_LETTERS_MAX && end < word.length; letters++) {
    end += (word.codePointAt(end) ?? 0) > LAST_OF_ONE_UNIT ? 2 : 1;
    if (letters >= BEGINNING_LETTERS_MIN) found.push(tag.prefix(word.slice(0, end)));
  }
  return found;
}
const LAST_OF_ONE_UNIT = 0xffff;

const matches = (query: string): SQL => sql`${indexTable.tokens} @@ ${query}::tsquery`;

function expression({ words, orgIds, conversationIds, senderId, type }: Wanted): string {
  return [
    ...words.map(({ text, prefix }) => (prefix ? beginningWith(text) : quoted(text))),
    anyOf(conversationIds === null ? orgIds.map(tag.organisation) : conversationIds.map(tag.conversation)),
    ...(senderId === null ? [] : [quoted(tag.sender(senderId))]),
    ...(type === null ? [] : [quoted(tag.type(type))]),
  ].join(' & ');
}

function beginningWith(text: string): string {
  const letters = [...text].length;
  return letters >= BEGINNING_LETTERS_MIN && letters <= BEGINNING_LETTERS_MAX ? quoted(tag.prefix(text)) : `${quoted(text)}:*`;
}

const anyOf = (tokens: string[]): string => `(${tokens.map(quoted).join(' | ')})`;
/** Inside apostrophes nothing is syntax but the mark itself and the backslash. */
const quoted = (token: string): string => `'${token.replace(/['\\]/g, (sign) => sign + sign)}'`;
