import { z } from 'zod';
import { placeIn } from '../../kernel/cursor.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { id } from '../../wire/common.ts';

/**
 * Where a page begins. Results come in windows of the newest matches, each ranked as a whole. Once a window was read its bounds
 * are fixed, so nothing that arrives later moves what the next page shows.
 */
const placeSchema = z.object({
  /** The window holds ids before this one; null: up to the newest. */
  before: id.nullable(),
  /** And from this one on; null: down to the first. Absent: not read yet, so the newest so many. */
  from: id.nullable().optional(),
  /** What was shown last of it. */
  after: z.object({ score: z.number(), id }).nullable(),
});
export type Place = z.infer<typeof placeSchema>;

export function decodePlace(cursor: string | undefined): Place {
  return cursor === undefined ? { before: null, after: null } : placeIn(placeSchema, cursor);
}

export const encodePlace = (place: Place | null): string | null => (place === null ? null : encodeCursor(place));
