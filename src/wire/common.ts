import { z } from 'zod';
import { isId } from '../lib/id.ts';

const storable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** Any text that both databases can hold: no NUL, no lone surrogates. */
export const text = z.string().refine(storable, 'must be well-formed Unicode without NUL');

/** UUIDv7 of a conversation, message or organisation. */
export const id = z.string().refine(isId, 'must be an id (a UUID)').meta({ format: 'uuid' });

/** A person: their id, or `ext:<sub>` with the id that the host application knows them by. */
export const userRef = text.min(1).max(260).describe('A user id, or `ext:<sub>` for the id that your own application gave the person.');

/** The client's own name for a message: unique per sender and conversation. */
export const clientId = text.min(1).max(128).describe('Your own name for this message; a repeat with the same name never makes a second one.');

export const seq = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const time = z.number().int().describe('Epoch milliseconds.');
/** Any JSON value. Registered in place, because it contains itself. */
const json = z.json().register(z.globalRegistry, { id: 'Json' });
export const metadata = z.record(text.max(128), json).describe('Anything of yours, kept and given back as it is.');
export const avatarUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine(storable, 'must be well-formed Unicode without NUL')
  .nullable();

export const limit = z.number().int().min(1).max(200).optional().describe('How many at most: 1 to 200.');
export const cursor = text.max(1024).optional().describe('The `cursor` of the page before.');
export const flag = z.boolean();

export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), cursor: z.string().nullable() });
}

export const empty = z.object({});
export const conversationIn = { conversationId: id };
