import { z } from 'zod';
import { clientId, conversationIn, flag, id, limit, metadata, seq, text, time, userRef } from './common.ts';
import { sender } from './person.ts';
import { poll } from './polls.ts';

export const messageType = z.enum(['text', 'image', 'file', 'audio', 'location', 'system', 'call', 'poll']);
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

export const threadSummary = z
  .object({ replyCount: z.number().int(), lastReplyAt: time })
  .meta({ id: 'ThreadSummary', description: 'How many messages hang under a message, deleted ones not counted, and when the newest came.' });

export const forwardedFrom = z
  .object({ messageId: id, sender: z.object({ id: z.string(), name: z.string() }), createdAt: time })
  .meta({ id: 'ForwardedFrom', description: 'The message that this one is a copy of: who wrote it and when. It may not be readable here.' });

export const linkPreview = z
  .object({
    url: z.string().describe('The link as it stands in the text.'),
    title: z.string(),
    description: z.string().nullable(),
    siteName: z.string().nullable().describe('What the site calls itself, which may be anything: show the host of `url` beside it.'),
    imageUrl: z.string().nullable().describe('Path of a small WebP on this server, for whoever may read the message. Null: the page has no picture.'),
  })
  .meta({ id: 'LinkPreview', description: 'What the page of the first link in the text says about itself. Text of somebody outside.' });
export type LinkPreview = z.infer<typeof linkPreview>;

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
    threadId: id.nullable().describe('The message that this one hangs under.'),
    alsoToConversation: flag.describe('A message of a thread that is shown in the conversation as well.'),
    thread: threadSummary.nullable().describe('What hangs under this message. Null: no thread.'),
    mentions: z.array(z.string()).describe('Ids of people, or `all`.'),
    forwardedFrom: forwardedFrom.nullable(),
    linkPreview: linkPreview.optional().describe('Absent where there is none. Comes a moment after the message, with `message.updated`.'),
    pinned: z.object({ at: time, by: z.string() }).nullable(),
    poll: poll.optional().describe('In messages of the type `poll`, and there until they are deleted.'),
    attachments: z.array(z.never()),
    reactions: z.array(z.object({ emoji: z.string(), userIds: z.array(z.string()) })),
    status: messageStatus.describe('What the slowest other member has done with it.'),
    createdAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof message>;

const messageCapabilities = z.object({
  edit: flag,
  delete: flag,
  reply: flag,
  react: flag,
  forward: flag,
  vote: flag.optional().describe('Of a poll.'),
  closePoll: flag.optional().describe('Of a poll.'),
});
export type MessageCapabilities = z.infer<typeof messageCapabilities>;

export const messageView = message.extend({ capabilities: messageCapabilities }).meta({
  id: 'MessageView',
  description: 'A message in an answer also says what the caller may do with it; events do not, they are the same for everybody.',
});
export type MessageView = z.infer<typeof messageView>;

export const EVERYBODY = 'all';
const mentions = z
  .array(userRef)
  .describe('Whom the text mentions: ids of members, or `all` for everybody. The text may call them what it likes; only these count.');

const draft = {
  clientId: clientId.optional(),
  content: text.optional().describe('Required unless the type is `location`.'),
  type: z.enum(['text', 'location']).optional(),
  replyToId: id.optional().describe('The message that this one quotes.'),
  threadId: id.optional().describe('The message that this one hangs under, instead of standing in the conversation.'),
  alsoToConversation: flag.optional().describe('With `threadId`: it stands in the conversation as well.'),
  mentions: mentions.optional(),
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
  threadId: id.optional().describe('What hangs under this message. By default what stands in the conversation.'),
  limit,
  cursor: text.max(64).optional().describe('The `cursor` of the page before: goes on towards older messages, or newer ones after `after`.'),
});
/** Always oldest first. */
export const messageList = z.object({ items: z.array(messageView), cursor: z.string().nullable() });

export const messageIn = { messageId: id };
export const messageGetInput = z.object(messageIn);
export const messageEditInput = z.object({ ...messageIn, content: text, mentions: mentions.optional() });
export const messageDeleteInput = z.object({
  ...messageIn,
  for: z.enum(['everyone', 'me']).optional().describe('`me`: only you no longer see it. By default `everyone`.'),
});
export const messageForwardInput = z.object({
  ...messageIn,
  conversationId: id.describe('Where it goes, in the same organisation.'),
  clientId: clientId.optional(),
});
export const messageEditsInput = z.object(messageIn);
export const messageEdits = z.object({ items: z.array(z.object({ content: z.string(), editedAt: time, editedBy: z.string() })), cursor: z.null() });
