import type { Database } from 'bun:sqlite';
import { and, desc, gte, lt, lte, sql, type SQL } from 'drizzle-orm';
import { sqliteKit as k } from './kit.sqlite.ts';
import { tag, tagsOf, type Search, type Wanted } from './search.ts';

/**
 * An FTS5 table without positions: phrases are checked on the message itself. It keeps its own copy of the tokens, so that taking
 * a message out never depends on how texts were folded when it was put in; with `secure-delete` that leaves nothing behind.
 * The rowid is the time-ordered beginning of the message's id, so "newest first" is the order of the index itself.
 */
const indexTable = k.table('message_search', { rowid: k.int().primaryKey(), messageId: k.text().notNull(), tokens: k.text().notNull() });

export function createSearch(writer: Database): Search {
  // Raw statements, because every message comes here. What is put in or taken out is so in the open transaction: there is one writer.
  const put = writer.query('insert or replace into message_search (rowid, message_id, tokens) values (?, ?, ?)');
  const remove = writer.query('delete from message_search where rowid = ?');

  return {
    async find(db, wanted) {
      const found = await db
        .select({ messageId: indexTable.messageId })
        .from(indexTable)
        .where(
          and(
            matches(expression(wanted)),
            ...(wanted.from === null ? [] : [gte(indexTable.rowid, rowidOf(wanted.from)), gte(indexTable.messageId, wanted.from)]),
            ...(wanted.before === null ? [] : [lte(indexTable.rowid, rowidOf(wanted.before)), lt(indexTable.messageId, wanted.before)]),
          ),
        )
        .orderBy(desc(indexTable.rowid))
        .limit(wanted.limit);
      return found.map((row) => row.messageId);
    },

    async put(_, entries) {
      for (const entry of entries) put.run(rowidOf(entry.id), entry.id, `${entry.words.join(' ')} ${tagsOf(entry).join(' ')}`);
    },

    async remove(_, messageId) {
      remove.run(rowidOf(messageId));
    },

    async removeSome(db, conversationId, limit) {
      const some = await db
        .select({ messageId: indexTable.messageId })
        .from(indexTable)
        .where(matches(quoted(tag.conversation(conversationId))))
        .limit(limit);
      for (const { messageId } of some) remove.run(rowidOf(messageId));
      return some.length;
    },
  };
}

/** Milliseconds since 2020 and the counter behind them: 53 bits of the id, good until 2089. One process gives no two messages the same. */
function rowidOf(id: string): number {
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) - EPOCH_MS;
  return Math.min(Math.max(0, ms) * 4096 + Number.parseInt(id.slice(15, 18), 16), Number.MAX_SAFE_INTEGER);
}
const EPOCH_MS = Date.UTC(2020);

const matches = (match: string): SQL => sql`message_search match ${match}`;

function expression({ words, orgIds, conversationIds, senderId, type }: Wanted): string {
  return [
    ...words.map(({ text, prefix }) => quoted(text) + (prefix ? '*' : '')),
    anyOf(conversationIds === null ? orgIds.map(tag.organisation) : conversationIds.map(tag.conversation)),
    ...(senderId === null ? [] : [quoted(tag.sender(senderId))]),
    ...(type === null ? [] : [quoted(tag.type(type))]),
  ].join(' AND ');
}

const anyOf = (tokens: string[]): string => `(${tokens.map(quoted).join(' OR ')})`;
/** Inside quotation marks nothing is syntax but the mark itself. */
const quoted = (token: string): string => `"${token.replaceAll('"', '""')}"`;
