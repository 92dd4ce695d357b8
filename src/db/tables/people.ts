import type { Kit } from '../kit.ts';

export function peopleTables(k: Kit) {
  /** Who does not want to hear from whom, in every organisation. */
  const block = k.table(
    'block',
    {
      blockerId: k.text().notNull(),
      blockedId: k.text().notNull(),
      createdAt: k.int().notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.blockerId, t.blockedId] }), k.index('block_blocked_idx').on(t.blockedId)],
  );
  return { block };
}
