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

  /** What was done, by whom and through which key. Never changed. */
  const audit = k.table(
    'audit',
    {
      id: k.text().primaryKey().notNull(),
      orgId: k.text().notNull(),
      /** The command. */
      action: k.text().notNull(),
      actorId: k.text().notNull(),
      apiKeyId: k.text(),
      conversationId: k.text(),
      targetId: k.text(),
      requestId: k.text().notNull(),
      createdAt: k.int().notNull(),
    },
    (t) => [k.index('audit_org_idx').on(t.orgId, t.id), k.index('audit_key_idx').on(t.apiKeyId, t.id)],
  );

  return { outbox, setting, audit };
}
