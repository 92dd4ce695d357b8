import { sql, type Placeholder } from 'drizzle-orm';
import { prepared } from './prepared.ts';

/** How many values a prepared list takes. Shorter lists repeat their last value, longer ones are asked for in parts. */
const SIZES = ['1', '8', '64'] as const;
const LARGEST = 64;

export type ListSize = (typeof SIZES)[number];
type Statement<Row> = { execute(values: Record<string, unknown>): PromiseLike<Row[]> };

/** Where the values of a list go, for `inArray`. */
export const placesOf = (size: ListSize): Placeholder[] => Array.from({ length: Number(size) }, (_, i) => sql.placeholder(`item${i}`));

/** Runs a statement that is prepared for lists of a few sizes, with these values in `placesOf(size)`. */
export async function executeFor<Where extends { db: object }, Row>(
  where: Where,
  build: (where: Where, size: ListSize) => Statement<Row>,
  items: readonly (string | number)[],
  others: Record<string, unknown> = {},
): Promise<Row[]> {
  if (items.length === 0) return [];
  if (items.length > LARGEST) {
    const [front, back] = await Promise.all([
      executeFor(where, build, items.slice(0, LARGEST), others),
      executeFor(where, build, items.slice(LARGEST), others),
    ]);
    return [...front, ...back];
  }
  const size = SIZES.find((one) => Number(one) >= items.length) ?? '64';
  const values: Record<string, unknown> = { ...others };
  for (let i = 0; i < Number(size); i++) values[`item${i}`] = items[Math.min(i, items.length - 1)];
  return prepared(where, build, size).execute(values);
}
