import { z } from 'zod';
import { conversationIn } from './common.ts';
import { messageIn, messageView } from './messages.ts';

export const pinInput = z.object(messageIn);
export const pinListInput = z.object(conversationIn);
/** The one pinned last comes first. */
export const pinList = z.object({ items: z.array(messageView), cursor: z.null() });
