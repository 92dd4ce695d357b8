import { z } from 'zod';
import { id, seq } from './common.ts';
import { conversationCapabilities, membership, sharedConversation } from './conversations.ts';
import { member } from './members.ts';
import { message } from './messages.ts';
import { person, presence } from './person.ts';
import { reactionEvent } from './reactions.ts';
import { typing } from './typing.ts';

/**
 * Every event that the server sends. `topic` says to whom: everybody in the conversation, the person's own
 * connections, or those who watch a person. `durable` events carry the `rev` of their change.
 */
export const eventTable = {
  'message.created': { topic: 'conversation', durable: true, data: message, doc: 'A message was stored.' },
  'message.updated': { topic: 'conversation', durable: true, data: message, doc: 'A message was edited.' },
  'message.deleted': { topic: 'conversation', durable: true, data: message, doc: 'A message became a tombstone.' },
  'reaction.added': { topic: 'conversation', durable: true, data: reactionEvent, doc: 'Somebody reacted to a message.' },
  'reaction.removed': { topic: 'conversation', durable: true, data: reactionEvent, doc: 'Somebody took a reaction back.' },
  'receipt.updated': {
    topic: 'conversation',
    durable: false,
    data: z.object({ userId: z.string(), readSeq: seq, deliveredSeq: seq }),
    doc: "Somebody's marks moved forward.",
  },
  'typing.updated': { topic: 'conversation', durable: false, data: typing, doc: 'Somebody types, or stopped.' },
  'presence.updated': { topic: 'presence', durable: false, data: presence, doc: 'Somebody came, went away or left.' },
  'conversation.created': { topic: 'person', durable: true, data: sharedConversation, doc: 'You are in a new conversation.' },
  'conversation.updated': {
    topic: 'conversation',
    durable: true,
    data: sharedConversation,
    doc: 'Title, description, avatar, settings or status changed.',
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
    doc: 'What this conversation is to you: role, marks, mute, pin, archive, peer, capabilities.',
  },
  'unread.updated': {
    topic: 'person',
    durable: false,
    data: z.object({ readSeq: seq, deliveredSeq: seq, unread: seq }),
    doc: 'Your own marks moved, perhaps on another device.',
  },
} as const satisfies Record<string, { topic: 'conversation' | 'person' | 'presence'; durable: boolean; data: z.ZodType; doc: string }>;

export type EventType = keyof typeof eventTable;
export type EventData<T extends EventType> = z.infer<(typeof eventTable)[T]['data']>;

/** Server to client. `conversationId` is absent where the event is about a person. */
export type Event<T extends EventType = EventType> = { [K in T]: { type: K; conversationId?: string; rev?: number; data: EventData<K> } }[T];
