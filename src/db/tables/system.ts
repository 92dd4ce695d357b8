import type { Kit } from '../kit.ts';

export function systemTables(k: Kit) {
  /** Work that must happen because a transaction committed. Written in that transaction, removed when done. */
  const outbox = k.table(
    'outbox',
    {
      id: k.text().primaryKey().notNull(),
      kind: k.text().notNull(),
      payload: k.json<Record<string, unknown>>().notNull(),
      attempts: k.int().notNull().default(0),
      /** Not before this time; also the end of the lease of the worker that holds it. */
      dueAt: k.int().notNull(),
      failedAt: k.int(),
      lastError: k.text(),
      createdAt: k.int().notNull(),
    },
    (t) => [k.index('outbox_due_idx').on(t.failedAt, t.dueAt)],
  );

  /** Facts about this database: its epoch, the default organisation. */
  const setting = k.table('setting', {
    key: k.text().primaryKey().notNull(),
    value: k.text().notNull(),
  });

  return { outbox, setting };
}
