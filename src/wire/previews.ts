import { z } from 'zod';
import { text } from './common.ts';
import { messageIn } from './messages.ts';

export const linkPreviewRemoveInput = z.object(messageIn);
export const linkPictureGetInput = z.object({ ...messageIn, version: text.max(64).optional() });
