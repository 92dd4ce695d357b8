import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import type { Ctx } from '../../kernel/command.ts';
import { executeFor, placesOf, type ListSize } from '../../lib/prepared-list.ts';
import { personColumns, quotable, repliedColumns, type MessageParts, type MessageRow, type UserRow } from './view.ts';

/** Which message stands on a page, and how old what is known of it may be. */
export type Placed = Pick<MessageRow, 'seq' | 'rev'>;

/**
 * Everything that the views of a page need, where `selectMessages` would read it in one query. A row changes with its `rev` only, so under
 * that `rev` the one in memory is as good as the one on disk, and forty values of each message need not be handed over again. What
 * changes without it is read each time, once for the page: who the senders are, and what is quoted.
 */
export async function partsOf(ctx: Ctx, conversationId: string, placed: readonly Placed[]): Promise<MessageParts[]> {
  const rows = await rowsOf(ctx, conversationId, placed);
  const [senders, quoted] = await Promise.all([
    executeFor(ctx, sendersStatement, [...new Set(rows.map(({ senderId }) => senderId))]),
    executeFor(ctx, quotedStatement, [...new Set(rows.flatMap(({ replyToId }) => replyToId ?? []))], { conversationId }),
  ]);
  const senderById = new Map(senders.map((sender) => [sender.id, sender]));
  const quotedById = new Map(quoted.map((quote) => [quote.replied.id, quote]));
  return rows.map((message) => ({
    message,
    sender: senderById.get(message.senderId) ?? null,
    ...(quotedById.get(message.replyToId ?? '') ?? { replied: null, repliedSender: null }),
  }));
}

/** Parameters of one statement; both databases take more. */
const PEOPLE_AT_ONCE = 10_000;

/**
 * The same for thousands of messages of many conversations, which are joined with what says which. People are read by themselves: joined, each
 * would be handed over with each of their messages, and Postgres takes ten thousand messages for ten and looks for every sender among everybody.
 */
export async function partsOfMany(ctx: Ctx, which: SQL, on: SQL, where: SQL | undefined, known: UserRow[]): Promise<MessageParts[]> {
  const { message, user } = ctx.tables;
  const replied = alias(message, 'replied');
  const rows = await ctx.db
    .select({ message, replied: repliedColumns(replied, quotable(ctx, replied)) })
    .from(message)
    .innerJoin(which, on)
    .leftJoin(replied, and(eq(replied.id, message.replyToId), eq(replied.conversationId, message.conversationId)))
    .where(where);
  const personById = new Map(known.map((person) => [person.id, person]));
  const ids = new Set(rows.flatMap(({ message, replied }) => (replied ? [message.senderId, replied.senderId] : message.senderId)));
  const unknown = [...ids].filter((id) => !personById.has(id));
  const parts = Array.from({ length: Math.ceil(unknown.length / PEOPLE_AT_ONCE) }, (_, i) =>
    unknown.slice(i * PEOPLE_AT_ONCE, (i + 1) * PEOPLE_AT_ONCE),
  );
  const people = await Promise.all(parts.map((part) => ctx.db.select(personColumns(user)).from(user).where(inArray(user.id, part))));
  for (const person of people.flat()) personById.set(person.id, person);
  return rows.map(({ message, replied }) => ({
    message,
    sender: personById.get(message.senderId) ?? null,
    replied,
    repliedSender: replied && (personById.get(replied.senderId) ?? null),
  }));
}

/** Those that are kept in memory, and the others from the database. Whoever deletes the conversation meanwhile takes its rows away. */
async function rowsOf(ctx: Ctx, conversationId: string, placed: readonly Placed[]): Promise<MessageRow[]> {
  const kept = placed.map(({ seq, rev }) => ctx.rows?.get(conversationId, seq, rev));
  const missing = placed.flatMap(({ seq }, i) => (kept[i] ? [] : [seq]));
  if (missing.length === 0) return kept.flatMap((row) => row ?? []);
  const found = new Map((await executeFor(ctx, rowsStatement, missing, { conversationId })).map((row) => [row.seq, row]));
  for (const row of found.values()) ctx.rows?.keep(row);
  return placed.flatMap(({ seq }, i) => kept[i] ?? found.get(seq) ?? []);
}

type Where = Pick<Ctx, 'db' | 'tables'>;
const rowsStatement = ({ db, tables: { message } }: Where, size: ListSize) =>
  db
    .select()
    .from(message)
    .where(and(eq(message.conversationId, sql.placeholder('conversationId')), inArray(message.seq, placesOf(size))))
    .prepare(`rows_${size}`);

const sendersStatement = ({ db, tables: { user } }: Where, size: ListSize) =>
  db
    .select(personColumns(user))
    .from(user)
    .where(inArray(user.id, placesOf(size)))
    .prepare(`senders_${size}`);

function quotedStatement(where: Where, size: ListSize) {
  const { message, user } = where.tables;
  const replied = alias(message, 'replied');
  return where.db
    .select({ replied: repliedColumns(replied, quotable(where, replied)), repliedSender: personColumns(user) })
    .from(replied)
    .leftJoin(user, eq(user.id, replied.senderId))
    .where(and(eq(replied.conversationId, sql.placeholder('conversationId')), inArray(replied.id, placesOf(size))))
    .prepare(`quoted_${size}`);
}
