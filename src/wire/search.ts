import { z } from 'zod';
import { cursor, flag, id, limit, page, text, userRef } from './common.ts';
import { messageType, messageView } from './messages.ts';

const WHEN = /^(\d{1,15}|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?)$/;
const isMoment = (written: string): boolean => WHEN.test(written) && !Number.isNaN(momentOf(written));

/** Epoch milliseconds. */
export function momentOf(written: string | number): number {
  return typeof written === 'number' || /^\d{1,15}$/.test(written) ? Number(written) : Date.parse(written);
}

const moment = z
  .union([z.number().int().min(0).max(999_999_999_999_999), text.max(40).refine(isMoment, 'must be epoch milliseconds or an ISO 8601 date or time')])
  .meta({ description: 'Epoch milliseconds, or an ISO 8601 date (midnight UTC) or time with its zone.' });

export const searchInput = z.object({
  q: text.describe(
    'Words, all of which must be in the message, in any order; each may be the beginning of a longer one. What stands in "quotation marks" must be there word for word.',
  ),
  conversationId: id.optional().describe('In this conversation only.'),
  in: id.optional().describe('The same as `conversationId`.'),
  from: userRef.optional().describe('Written by this person: their id, `ext:<sub>` or `me`.'),
  after: moment.optional().describe('Sent then or later: epoch milliseconds, or an ISO 8601 date (midnight UTC) or time with its zone.'),
  before: moment.optional().describe('Sent before then: epoch milliseconds, or an ISO 8601 date (midnight UTC) or time with its zone.'),
  type: messageType.exclude(['system']).optional(),
  orgId: id.optional().describe('In this organisation only.'),
  limit,
  cursor,
});

export const snippet = z
  .array(z.object({ text: z.string(), hit: flag }))
  .describe(
    'The text around the first hits, cut into pieces: `hit` marks what was found. Plain text, never markup, and without the marks of its Markdown.',
  );
export type Snippet = z.infer<typeof snippet>;

export const found = messageView.extend({ snippet }).meta({ id: 'FoundMessage', description: 'A message that a search found.' });
export type Found = z.infer<typeof found>;
export const foundPage = page(found).meta({
  id: 'FoundMessages',
  description: 'A page may hold fewer than `limit`, even none, and still have a `cursor`: only `null` is the end.',
});
