import { and, desc, eq, isNull, lt, ne } from 'drizzle-orm';
import { z } from 'zod';
import { forUpdate } from '../../db/lock.ts';
import type { Entry } from '../../db/search.ts';
import type { Ctx } from '../../kernel/command.ts';
import type { Job } from '../../kernel/ports.ts';
import { indexed } from '../../lib/search-query.ts';
import type { SettledMessage } from '../stored.ts';

/** Puts messages into the index as they are now. The caller holds their rows, so that no edit or deletion comes between. */
export async function indexMessages(ctx: Ctx, messages: SettledMessage[]): Promise<void> {
  const entries = messages.filter((message) => message.type !== 'system').map(entryOf);
  const worded = entries.filter((entry) => entry.words.length > 0);
  for (let i = 0; i < worded.length; i += ROWS_PER_STATEMENT) await ctx.search.put(ctx.db, worded.slice(i, i + ROWS_PER_STATEMENT));
  for (const entry of entries) if (entry.words.length === 0) await ctx.search.remove(ctx.db, entry.id);
}

const ROWS_PER_STATEMENT = 100;

function entryOf({ id, orgId, conversationId, senderId, type, content }: SettledMessage): Entry {
  return { id, orgId, conversationId, senderId, type, words: indexed(content) };
}

/** Indexes every message again, the newest first, a few at a time: the job that follows goes on where this one ends. */
export const INDEX_JOB = 'search.index';
const indexPayload = z.object({ before: z.string().optional() });

export async function indexSome(ctx: Ctx, job: Job): Promise<void> {
  const { before } = indexPayload.parse(job.payload);
  const { message, outbox } = ctx.tables;
  const messages = await forUpdate(
    ctx.db
      .select()
      .from(message)
      .where(and(isNull(message.deletedAt), ne(message.type, 'system'), before === undefined ? undefined : lt(message.id, before)))
      .orderBy(desc(message.id))
      .limit(MESSAGES_PER_JOB),
    message,
  );
  await indexMessages(ctx, messages);
  await ctx.db.delete(outbox).where(eq(outbox.id, job.id));
  const last = messages.at(-1);
  if (last && messages.length === MESSAGES_PER_JOB) ctx.effects.job(INDEX_JOB, { before: last.id });
}

const MESSAGES_PER_JOB = 200;

/** What the messages of a deleted conversation left in the index. Nobody finds it: it is taken out a few entries at a time. */
export const FORGET_JOB = 'search.forget';
const forgetPayload = z.object({ conversationId: z.string() });

export async function forgetSome(ctx: Ctx, job: Job): Promise<void> {
  const { conversationId } = forgetPayload.parse(job.payload);
  const { outbox } = ctx.tables;
  const found = await ctx.search.removeSome(ctx.db, conversationId, ENTRIES_PER_JOB);
  await ctx.db.delete(outbox).where(eq(outbox.id, job.id));
  if (found === ENTRIES_PER_JOB) ctx.effects.job(FORGET_JOB, { conversationId });
}

const ENTRIES_PER_JOB = 20;
