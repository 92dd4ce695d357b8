import { z } from 'zod';
import { conversationIn, id, limit, seq, text } from './common.ts';
import { conversation, conversationCapabilities, membership, receipts } from './conversations.ts';
import { message } from './messages.ts';
import { person } from './person.ts';

export const syncInput = z.object({
  epoch: text.max(64).optional(),
  conversations: z.record(id, seq).default({}).describe('The `rev` that you hold of each conversation.'),
});

export const changes = z
  .object({
    items: z.array(message),
    hidden: z.array(id).describe('Messages that you deleted for yourself and may still hold.'),
    rev: seq,
    complete: z.boolean(),
  })
  .meta({ id: 'Changes', description: '`rev` is what the client holds once it has applied `items`; where not `complete`, ask again from there.' });

export const sync = z
  .object({
    epoch: z.string(),
    conversations: z.array(conversation).describe('Changed or new.'),
    messages: z.record(id, z.object({ items: z.array(message), complete: z.boolean() })),
    removed: z
      .array(id)
      .describe(
        'Drop these before you apply the rest: conversations that you hold and are no longer a member of. One that is in `conversations` as well you left and joined again, and may read less of its past than you hold, or more: `messages` begins with its first.',
      ),
    marks: z
      .record(id, z.object({ membership, receipts, peer: person.nullable(), capabilities: conversationCapabilities }))
      .describe(
        'For the conversations that did not change: what carries no `rev`. Your own membership, the receipts, how the peer appears, what you may do.',
      ),
    hidden: z.record(id, z.array(id)).describe('By conversation: messages that you deleted for yourself and may still hold.'),
    complete: z.boolean().describe('False where there are more conversations: apply these and sync again.'),
  })
  .meta({ id: 'Sync' });
export type Sync = z.infer<typeof sync>;

export const conversationChangesInput = z.object({ ...conversationIn, since: seq.default(0), limit });
export type Changes = z.infer<typeof changes>;
