import { z } from 'zod';
import { userRef } from './common.ts';
import { presence } from './person.ts';

export const presenceGetInput = z.object({
  ids: z.array(userRef).min(1).optional().describe('Several people: answered with a list. Over HTTP separated by commas.'),
  userId: userRef.optional().describe('One person: answered with that one.'),
});
export const presenceList = z.object({ items: z.array(presence), cursor: z.null() });
export const presenceAnswer = z.union([presenceList, presence]);
export const presenceWatchInput = z.object({ userIds: z.array(userRef).describe('Replaces the former list of this connection.') });
export const presenceSetInput = z.object({ status: z.enum(['online', 'away']) });
