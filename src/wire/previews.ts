import { z } from 'zod';
import { messageIn } from './messages.ts';

export const linkPreviewRemoveInput = z.object(messageIn);
