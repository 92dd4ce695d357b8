import { z } from 'zod';
import { conversationIn, cursor, id, limit, page, seq, time } from './common.ts';
import { messageStatus } from './messages.ts';
import { person } from './person.ts';

export const markInput = z.object({ ...conversationIn, seq: seq.optional().describe('Up to and with this message; by default the newest.') });

export const marks = z.object({ conversationId: id, readSeq: seq, deliveredSeq: seq, unread: seq }).meta({ id: 'Marks' });
export type Marks = z.infer<typeof marks>;

export const receiptListInput = z.object({ messageId: id, limit, cursor });
export const receipt = z.object({ userId: id, user: person, status: messageStatus }).meta({
  id: 'Receipt',
  description: 'What one member has done with a message.',
});
export type Receipt = z.infer<typeof receipt>;
export const receiptList = page(receipt);

export const unreadCountInput = z.object({ orgId: id.optional() });
export const unreadCount = z.object({
  count: z.number().int().describe('Unread messages in all conversations.'),
  conversations: z.number().int().describe('Conversations with unread messages.'),
});

export const unreadListInput = z.object({ orgId: id.optional(), limit, cursor });
export const unreadList = page(z.object({ conversationId: id, unread: seq, readSeq: seq, lastSeq: seq, lastMessageAt: time.nullable() }));
