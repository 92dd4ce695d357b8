import { z } from 'zod';
import { detailsOf, fail } from '../kernel/errors.ts';

/** Fields of a command's input out of the words of a query string. */
export type ReadQuery = (words: Record<string, string[]>) => Record<string, unknown>;

/**
 * Words become numbers, flags and lists here; what the fields mean is checked by the command's own schema, once for both doors. What reads
 * them is made for the first request that has any.
 */
export function createQueryReader(input: z.ZodObject): ReadQuery {
  let shape: z.ZodObject | null = null;
  return (words) => {
    const given = Object.entries(words);
    if (given.length === 0) return {};
    shape ??= queryShape(input);
    const read = shape.safeParse(Object.fromEntries(given.map(([name, values]) => [name, values.length === 1 ? values[0] : values])));
    return read.success ? read.data : fail('invalid_input', undefined, { details: detailsOf(read.error.issues) });
  };
}

/**
 * The same fields as a command's input, as a query string writes them: numbers and flags as words, lists
 * separated by commas. Unknown words are kept out; a word that is no number is told here.
 */
function queryShape(input: z.ZodObject): z.ZodObject {
  return z.object(Object.fromEntries(Object.entries(input.shape).map(([name, field]) => [name, fromText(field as z.ZodType)])));
}

function fromText(field: z.ZodType): z.ZodType {
  const core = unwrap(field);
  if (core instanceof z.ZodNumber)
    return z
      .string()
      .regex(/^-?\d+(\.\d+)?$/, 'must be a number')
      .transform(Number)
      .optional();
  if (core instanceof z.ZodBoolean) {
    return z
      .enum(['true', 'false', '1', '0'])
      .transform((word) => word === 'true' || word === '1')
      .optional();
  }
  if (core instanceof z.ZodArray)
    return z
      .string()
      .transform((words) => words.split(',').filter(Boolean))
      .optional();
  return z.string().optional();
}

function unwrap(field: z.ZodType): z.ZodType {
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault || field instanceof z.ZodNullable) return unwrap(field.unwrap() as z.ZodType);
  return field;
}
