import { and, asc, between, eq, isNull, or } from 'drizzle-orm';
import { z } from 'zod';
import type { Ctx } from '../kernel/command.ts';
import { takeJobs } from '../kernel/jobs.ts';
import type { Job, Tables } from '../kernel/ports.ts';
import { forUpdate } from '../db/lock.ts';
import { enterSends } from './audit.ts';
import { askForPreviews } from './messages/preview.ts';
import { notifyOfMessages } from './notifications/messages.ts';
import { indexMessages } from './search/indexing.ts';

/** What of a message has consequences. Every column that is read costs, and these are read again for each message. */
const settledColumns = ({ message }: Tables) => ({
  id: message.id,
  orgId: message.orgId,
  conversationId: message.conversationId,
  seq: message.seq,
  senderId: message.senderId,
  type: message.type,
  content: message.content,
  replyToId: message.replyToId,
  threadId: message.threadId,
  mentions: message.mentions,
  linkPreview: message.linkPreview,
  apiKeyId: message.apiKeyId,
  createdAt: message.createdAt,
});
export type SettledMessage = Pick<Tables['message']['$inferSelect'], keyof ReturnType<typeof settledColumns>>;

/** What becomes of stored messages once they have settled. Each runs in one transaction with the others and with the end of the job. */
type Consequence = (ctx: Ctx, messages: SettledMessage[]) => Promise<void>;
const consequences: Consequence[] = [enterSends, indexMessages, notifyOfMessages, askForPreviews];

const storedPayload = z.object({ spans: z.array(z.object({ conversationId: z.string(), first: z.number(), last: z.number() })) });

/** Messages that are gone or deleted by now cause nothing. */
export async function messagesStored(ctx: Ctx, jobs: Job[]): Promise<void> {
  const taken = await takeJobs(ctx, jobs);
  const spans = joined(taken.flatMap(({ payload }) => storedSpans(payload)));
  const messages = await findStored(ctx, spans);
  for (const consequence of consequences) await consequence(ctx, messages);
}

type Span = z.infer<typeof storedPayload>['spans'][number];

export const storedSpans = (payload: unknown): Span[] => storedPayload.parse(payload).spans;

/** Where people talk, each batch goes on where the one before it ended: one span asks for both. */
export function joined(spans: Span[]): Span[] {
  const byConversation = Map.groupBy(spans, ({ conversationId }) => conversationId);
  return [...byConversation.values()].flatMap((some) => {
    const found: Span[] = [];
    for (const span of some.toSorted((a, b) => a.first - b.first)) {
      const before = found.at(-1);
      if (before && span.first <= before.last + 1) before.last = Math.max(before.last, span.last);
      else found.push({ ...span });
    }
    return found;
  });
}

/** Locked until the end of the transaction: nobody edits or deletes what the consequences work on. */
async function findStored(ctx: Ctx, spans: Span[]): Promise<SettledMessage[]> {
  const { message } = ctx.tables;
  const found: SettledMessage[] = [];
  for (let i = 0; i < spans.length; i += SPANS_PER_QUERY) {
    const which = spans
      .slice(i, i + SPANS_PER_QUERY)
      .map(({ conversationId, first, last }) => and(eq(message.conversationId, conversationId), between(message.seq, first, last)));
    found.push(
      ...(await forUpdate(
        ctx.db
          .select(settledColumns(ctx.tables))
          .from(message)
          .where(and(or(...which), isNull(message.deletedAt)))
          .orderBy(asc(message.conversationId), asc(message.seq)),
        message,
      )),
    );
  }
  return found;
}

/** A long `or` is slow to plan. */
const SPANS_PER_QUERY = 200;
