import { sql } from 'drizzle-orm';
import { bigint, boolean, foreignKey, index, json, primaryKey, snakeCase, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

/**
 * Column helpers. Tables are written once against this kit; the other dialect's kit has the same members
 * and is cast to this type, once, in its own file.
 */
export const kit = {
  table: snakeCase.table,
  text: () => text(),
  /** A whole number up to 2^53: counts, `seq`, `rev` and epoch milliseconds. */
  int: () => bigint({ mode: 'number' }),
  bool: () => boolean(),
  /** JSON whose keys keep their order. */
  json: <T>() => json().$type<T>(),
  /** A Date, for the tables of better-auth only; ours hold epoch milliseconds. */
  date: () => timestamp({ precision: 3, withTimezone: true, mode: 'date' }),
  emptyJson: sql`'{}'`,
  emptyList: sql`'[]'`,
  index,
  uniqueIndex,
  primaryKey,
  foreignKey,
};
export type Kit = typeof kit;
