import { z } from 'zod';
import { clientId, conversationIn, flag, id, limit, metadata, seq, text, time, userRef } from './common.ts';
import { sender } from './person.ts';

export const messageType = z.enum(['text', 'image', 'file', 'audio', 'location', 'system', 'call']);
export type MessageType = z.infer<typeof messageType>;
export const messageStatus = z.enum(['sent', 'delivered', 'read']);
export type MessageStatus = z.infer<typeof messageStatus>;

export const location = z
  .object({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    label: text.trim().max(200).optional(),
  })
  .meta({ id: 'Location' });

export const replyPreview = z
  .object({
    id,
    seq,
    sender,
    type: messageType,
    content: z.string(),
    deletedAt: time.nullable(),
  })
  .meta({ id: 'ReplyPreview', description: 'The quoted message. `content` is cut short; it is empty where the original was deleted.' });
export type ReplyPreview = z.infer<typeof replyPreview>;

export const message = z
  .object({
    id,
    conversationId: id,
    seq: seq.describe('1, 2, 3 … in its conversation, without holes.'),
    rev: seq.describe('The number of its latest change among those of the conversation.'),
    clientId: z.string().nullable(),
    sender,
    type: messageType,
    content: z.string().describe('Empty in a deleted message.'),
    metadata,
    replyTo: replyPreview.nullable(),
    threadId: id.nullable(),
    mentions: z.array(z.string()),
    attachments: z.array(z.never()),
    reactions: z.array(z.object({ emoji: z.string(), userIds: z.array(z.string()) })),
    status: messageStatus.describe('What the slowest other member has done with it.'),
    createdAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof message>;

export const messageView = message.extend({ capabilities: z.object({ edit: flag, delete: flag, reply: flag, react: flag }) }).meta({
  id: 'MessageView',
  description: 'A message in an answer also says what the caller may do with it; events do not, they are the same for everybody.',
});
export type MessageView = z.infer<typeof messageView>;

const draft = {
  clientId: clientId.optional(),
  content: text.optional().describe('Required unless the type is `location`.'),
  type: z.enum(['text', 'location']).optional(),
  replyToId: id.optional(),
  location: location.optional(),
  metadata: metadata.optional(),
};
export const messageSendInput = z.object({ ...conversationIn, ...draft });
export const messageSendDirectInput = z.object({ receiverId: userRef, orgId: id.optional(), ...draft });
export type MessageDraft = Omit<z.infer<typeof messageSendInput>, 'conversationId'>;

export const messageListInput = z.object({
  ...conversationIn,
  before: seq.optional().describe('Messages with a smaller `seq`.'),
  after: seq.optional().describe('Messages with a larger `seq`.'),
  around: seq.optional().describe('The messages on both sides of this `seq`.'),
  limit,
  cursor: text.max(64).optional().describe('The `cursor` of the page before: goes on towards older messages, or newer ones after `after`.'),
});
/** Always oldest first. */
export const messageList = z.object({ items: z.array(messageView), cursor: z.string().nullable() });

export const messageIn = { messageId: id };
export const messageGetInput = z.object(messageIn);
export const messageEditInput = z.object({ ...messageIn, content: text });
export const messageDeleteInput = z.object(messageIn);
export const messageEditsInput = z.object(messageIn);
export const messageEdits = z.object({ items: z.array(z.object({ content: z.string(), editedAt: time, editedBy: z.string() })), cursor: z.null() });
