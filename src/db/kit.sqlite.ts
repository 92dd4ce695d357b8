import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, primaryKey, snakeCase, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Kit } from './kit.ts';

const kit = {
  table: snakeCase.table,
  text: () => text(),
  int: () => integer({ mode: 'number' }),
  bool: () => integer({ mode: 'boolean' }),
  json: <T>() => text({ mode: 'json' }).$type<T>(),
  date: () => integer({ mode: 'timestamp_ms' }),
  emptyJson: sql`'{}'`,
  emptyList: sql`'[]'`,
  index,
  uniqueIndex,
  primaryKey,
  foreignKey,
} satisfies Record<keyof Kit, unknown>;

// The one cast between the dialects. Both kits build columns with the same JavaScript types and the same
// builder methods; drizzle only brands them differently.
export const sqliteKit = kit as unknown as Kit;
