import type { z } from 'zod';
import { decodeCursor } from '../lib/cursor.ts';
import { invalid } from './errors.ts';

/** The place that a cursor names. It comes back from a stranger, so it is what the list itself would have said, or wrong input. */
export function placeIn<Place>(schema: z.ZodType<Place>, cursor: string): Place {
  const place = schema.safeParse(decodeCursor(cursor));
  return place.success ? place.data : invalid('cursor', 'not a cursor of this list');
}
