import { z } from 'zod';
import { block, blockRemoved } from './blocks.ts';
import { id, seq } from './common.ts';
import { conversationCapabilities, membership, sharedConversation } from './conversations.ts';
import { member } from './members.ts';
import { message } from './messages.ts';
import { notification, notificationPreferences, notificationsRead, notificationsRemoved } from './notifications.ts';
import { ownSettings, person, presence } from './person.ts';
import { pollVoted } from './polls.ts';
import { reactionEvent } from './reactions.ts';
import { threadEvent, threadMark } from './threads.ts';
import { typing } from './typing.ts';

/**
 * Every event that the server sends. `topic` says to whom: everybody in the conversation, the person's own
 * connections, or those who watch a person. `durable` events carry the `rev` of their change.
 * All name their conversation, but for those with `conversation: false`, which are about a person.
 */
export const eventTable = {
  'message.created': { topic: 'conversation', durable: true, data: message, doc: 'A message was stored.' },
  'message.updated': {
    topic: 'conversation',
    durable: true,
    data: message,
    doc: 'A message was edited, pinned or unpinned, its poll was voted in or closed, or it got or lost the preview of its link.',
  },
  'message.deleted': { topic: 'conversation', durable: true, data: message, doc: 'A message became a tombstone.' },
  'message.hidden': {
    topic: 'person',
    durable: false,
    data: z.object({ messageId: id }),
    doc: 'You deleted a message for yourself, perhaps on another device.',
  },
  'poll.voted': { topic: 'person', durable: false, data: pollVoted, doc: 'You voted, perhaps on another device.' },
  'thread.updated': { topic: 'conversation', durable: true, data: threadEvent, doc: 'A thread got a message, or lost one.' },
  'thread.read': { topic: 'person', durable: false, data: threadMark, doc: 'You read a thread, perhaps on another device.' },
  'reaction.added': { topic: 'conversation', durable: true, data: reactionEvent, doc: 'Somebody reacted to a message.' },
  'reaction.removed': { topic: 'conversation', durable: true, data: reactionEvent, doc: 'Somebody took a reaction back.' },
  'receipt.updated': {
    topic: 'conversation',
    durable: false,
    data: z.object({ userId: z.string(), readSeq: seq, deliveredSeq: seq }),
    doc: "Somebody's marks moved forward.",
  },
  'typing.updated': { topic: 'conversation', durable: false, data: typing, doc: 'Somebody types, or stopped.' },
  'presence.updated': { topic: 'presence', conversation: false, durable: false, data: presence, doc: 'Somebody came, went away or left.' },
  'person.updated': {
    topic: 'presence',
    conversation: false,
    durable: false,
    data: person,
    doc: 'Somebody changed their name, picture or status text: a peer of a direct conversation, a person that you watch, or you on another device.',
  },
  'me.updated': {
    topic: 'person',
    conversation: false,
    durable: false,
    data: ownSettings,
    doc: 'You changed your time zone or what others may see of you, perhaps on another device.',
  },
  'preference.updated': {
    topic: 'person',
    conversation: false,
    durable: false,
    data: notificationPreferences,
    doc: 'You changed what you want to hear of, perhaps on another device.',
  },
  'block.added': { topic: 'person', conversation: false, durable: false, data: block, doc: 'You blocked somebody, perhaps on another device.' },
  'block.removed': {
    topic: 'person',
    conversation: false,
    durable: false,
    data: blockRemoved,
    doc: 'You unblocked somebody, perhaps on another device.',
  },
  'conversation.created': { topic: 'person', durable: true, data: sharedConversation, doc: 'You are in a new conversation.' },
  'conversation.updated': {
    topic: 'conversation',
    durable: true,
    data: sharedConversation,
    doc: 'Title, description, avatar, settings or status changed.',
  },
  'conversation.advanced': {
    topic: 'person',
    durable: true,
    data: z.object({ id }),
    doc: 'Something changed that you may not see, because it is older than your joining: only `rev` moves on.',
  },
  'conversation.deleted': { topic: 'conversation', durable: false, data: z.object({ id }), doc: 'The conversation is gone.' },
  'member.added': { topic: 'conversation', durable: true, data: member, doc: 'Somebody joined.' },
  'member.updated': { topic: 'conversation', durable: true, data: member, doc: "Somebody's role changed." },
  'member.removed': {
    topic: 'conversation',
    durable: true,
    data: z.object({ userId: z.string(), by: z.string() }),
    doc: 'Somebody left or was removed.',
  },
  'membership.updated': {
    topic: 'person',
    durable: false,
    data: z.object({ membership, peer: person.nullable(), capabilities: conversationCapabilities }),
    doc: 'What this conversation is to you: role, marks, mute, pin, archive, draft, peer, capabilities.',
  },
  'unread.updated': {
    topic: 'person',
    durable: false,
    data: z.object({ readSeq: seq, deliveredSeq: seq, unread: seq }),
    doc: 'Your own marks moved, perhaps on another device.',
  },
  'notification.created': { topic: 'person', durable: false, data: notification, doc: 'There is something to know.' },
  'notification.read': {
    topic: 'person',
    conversation: false,
    durable: false,
    data: notificationsRead,
    doc: 'Notifications were read, perhaps on another device or with their conversation.',
  },
  'notification.removed': {
    topic: 'person',
    conversation: false,
    durable: false,
    data: notificationsRemoved,
    doc: 'What notifications were about is gone for you, and they with it; or they were the oldest of more than NOTIFICATIONS_MAX.',
  },
} as const satisfies Record<string, EventRow>;

type EventRow = { topic: 'conversation' | 'person' | 'presence'; conversation?: false; durable: boolean; data: z.ZodType; doc: string };

export type EventType = keyof typeof eventTable;
export type EventData<T extends EventType> = z.infer<(typeof eventTable)[T]['data']>;

/** Server to client. `conversationId` is absent where the event is about a person. */
export type Event<T extends EventType = EventType> = { [K in T]: { type: K; conversationId?: string; rev?: number; data: EventData<K> } }[T];
