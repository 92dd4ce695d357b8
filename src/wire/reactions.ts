import { z } from 'zod';
import { text } from './common.ts';
import { messageIn } from './messages.ts';

export const reactionInput = z.object({
  ...messageIn,
  emoji: text.min(1).max(64).describe('One emoji, any that Unicode recommends for interchange.'),
});

/** What `reaction.added` and `reaction.removed` carry. */
export const reactionEvent = z.object({ messageId: z.string(), emoji: z.string(), userId: z.string() });
