import { and, between, desc, eq, or } from 'drizzle-orm';
import { STORED_JOB } from '../../db/append.ts';
import type { Ctx } from '../../kernel/command.ts';
import { storedSpans } from '../stored.ts';
import { readable, type Readable } from './readable.ts';
import type { Scope } from './scope.ts';

/** Readable messages that were acknowledged and are not indexed yet: those of the jobs that will do it. The newest come first. */
export async function outstanding(ctx: Ctx, scope: Scope): Promise<Readable[]> {
  const { outbox, message } = ctx.tables;
  const jobs = await ctx.db.select({ payload: outbox.payload }).from(outbox).where(eq(outbox.kind, STORED_JOB)).orderBy(desc(outbox.id));
  const mine = scope.conversationIds && new Set(scope.conversationIds);
  const found: Readable[] = [];
  let left = ctx.config.searchOutstandingMax;
  let some: ReturnType<typeof storedSpans> = [];
  for (const span of jobs.flatMap((job) => storedSpans(job.payload))) {
    if (left <= 0) break;
    if (mine && !mine.has(span.conversationId)) continue;
    left -= span.last - span.first + 1;
    some.push(span);
    if (some.length === SPANS_PER_QUERY) await read();
  }
  await read();
  return [...new Map(found.map((one) => [one.id, one])).values()];

  async function read(): Promise<void> {
    if (some.length === 0) return;
    const which = some.map(({ conversationId, first, last }) => and(eq(message.conversationId, conversationId), between(message.seq, first, last)));
    some = [];
    found.push(...(await readable(ctx, scope, or(...which))));
  }
}

/** A long `or` is slow to plan. */
const SPANS_PER_QUERY = 200;
