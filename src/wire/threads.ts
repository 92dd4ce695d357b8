import { z } from 'zod';
import { conversationIn, cursor, flag, id, limit, page, seq } from './common.ts';
import { messageView } from './messages.ts';
import { sender } from './person.ts';

export const thread = z
  .object({
    message: messageView.describe('What the thread hangs under.'),
    readSeq: seq.describe('How far you have read it: the `seq` of a message of the thread, 0 where you have not begun.'),
    unread: seq.describe('Messages of others in it beyond that, since you are in the conversation.'),
    participating: flag.describe('You wrote in it, or it hangs under a message of yours.'),
    participants: z.array(sender).describe('Who wrote in it, the author of the message first; cut to THREAD_PARTICIPANTS_SHOWN.'),
    participantCount: z.number().int(),
  })
  .meta({ id: 'Thread', description: 'A thread as the caller sees it.' });
export type Thread = z.infer<typeof thread>;

const threadIn = { threadId: id.describe('The id of the message that the thread hangs under.') };
export const threadGetInput = z.object(threadIn);
export const threadListInput = z.object({
  ...conversationIn,
  participating: flag.optional().describe('Only those that you wrote in, or that hang under a message of yours.'),
  limit,
  cursor,
});
export const threadList = page(thread);
export const threadReadInput = z.object({ ...threadIn, seq: seq.optional().describe('Up to and with this message; by default all of it.') });
export const threadMark = z.object({ threadId: id, readSeq: seq, unread: seq }).meta({ id: 'ThreadMark' });
export type ThreadMark = z.infer<typeof threadMark>;

/** What `thread.updated` carries: the new count of the message that the thread hangs under. */
export const threadEvent = z.object({ messageId: id, replyCount: z.number().int(), lastReplyAt: z.number().int() });
