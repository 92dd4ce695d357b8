import { z } from 'zod';
import { conversationIn, flag } from './common.ts';

export const typingSetInput = z.object({ ...conversationIn, typing: flag });
export const typing = z.object({ userId: z.string(), typing: flag }).meta({ id: 'Typing' });
