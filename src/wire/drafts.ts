import { z } from 'zod';
import { conversationIn, id, text, time } from './common.ts';

export const draft = z
  .object({ content: z.string(), replyToId: id.nullable(), threadId: id.nullable(), updatedAt: time })
  .meta({ id: 'Draft', description: 'What you have begun to write in a conversation; nobody else sees it.' });
export type Draft = z.infer<typeof draft>;

export const draftSetInput = z.object({
  ...conversationIn,
  content: text.describe('Empty takes the draft away.'),
  replyToId: id.nullable().optional(),
  threadId: id.nullable().optional(),
});
export const draftSet = z.object({ draft: draft.nullable() });
