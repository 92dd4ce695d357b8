import { z } from 'zod';
import { cursor, limit, page, time, userRef } from './common.ts';
import { person } from './person.ts';

export const block = z
  .object({ userId: z.string(), user: person, createdAt: time })
  .meta({ id: 'Block', description: 'Somebody whom you block. Only you see it.' });
export type Block = z.infer<typeof block>;

export const blockInput = z.object({ userId: userRef });
export const blockListInput = z.object({ limit, cursor });
export const blockList = page(block);
export const blockRemoved = z.object({ userId: z.string() });
