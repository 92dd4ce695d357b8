import { asc, isNotNull, sql } from 'drizzle-orm';
import type { Store } from '../kernel/ports.ts';

/** What is in the outbox, for people: never what a job is about. */
export async function countJobs({ read, tables: { outbox } }: Store) {
  return read
    .select({
      kind: outbox.kind,
      waiting: sql<number>`sum(case when ${outbox.failedAt} is null then 1 else 0 end)`.mapWith(Number),
      dead: sql<number>`sum(case when ${outbox.failedAt} is null then 0 else 1 end)`.mapWith(Number),
    })
    .from(outbox)
    .groupBy(outbox.kind)
    .orderBy(asc(outbox.kind));
}

export type DeadJob = Awaited<ReturnType<typeof deadJobs>>[number];

/** Jobs that were given up, oldest first. */
export function deadJobs({ read, tables: { outbox } }: Store, limit: number) {
  const { id, kind, attempts, createdAt, failedAt, lastError } = outbox;
  return read
    .select({ id, kind, attempts, createdAt, failedAt, lastError })
    .from(outbox)
    .where(isNotNull(failedAt))
    .orderBy(asc(createdAt), asc(id))
    .limit(limit);
}

/** Gives every dead job all its attempts again. Resolves with how many there were. */
export function retryDeadJobs(store: Store, now: number): Promise<number> {
  const { outbox } = store.tables;
  return store.tx(async (db) => {
    const set = { failedAt: null, lastError: null, attempts: 0, dueAt: now };
    return (await db.update(outbox).set(set).where(isNotNull(outbox.failedAt)).returning({ id: outbox.id })).length;
  });
}
