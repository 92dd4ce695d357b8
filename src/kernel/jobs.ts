import { inArray } from 'drizzle-orm';
import type { Ctx } from './command.ts';
import type { Job } from './ports.ts';

/**
 * Why a job did not succeed, where its kind knows more than that something was thrown. `reason` is kept with the job and
 * shown to operators: neither content nor addresses.
 */
export class JobFailed extends Error {
  readonly reason: string;
  /** Another try is worth nothing: the job is left for a person to look at. */
  readonly final: boolean;
  /** Not tried again before this time is over, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(reason: string, { final = false, retryAfterMs = 0 }: { final?: boolean; retryAfterMs?: number } = {}) {
    super(reason);
    this.reason = reason;
    this.final = final;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * For kinds that remove their jobs themselves: ends the jobs in this transaction and answers those that were still there.
 * A worker that was so slow that another took over finds none, so what is done with them is done exactly once.
 */
export async function takeJobs(ctx: Ctx, jobs: Job[]): Promise<Job[]> {
  const { outbox } = ctx.tables;
  const ids = jobs.map((job) => job.id);
  const taken = await ctx.db.delete(outbox).where(inArray(outbox.id, ids)).returning({ id: outbox.id });
  const there = new Set(taken.map(({ id }) => id));
  return jobs.filter(({ id }) => there.has(id));
}
