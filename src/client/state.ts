import type { Block } from '../wire/blocks.ts';
import type { Conversation } from '../wire/conversations.ts';
import type { Hello } from '../wire/frames.ts';
import type { Member } from '../wire/members.ts';
import type { Message, ReplyPreview } from '../wire/messages.ts';
import type { Notification, NotificationPreferences } from '../wire/notifications.ts';
import type { ThreadMark } from '../wire/threads.ts';
import type { Me, Presence } from '../wire/person.ts';
import type { FailureCode } from './error.ts';

/** `waiting` comes back by itself; `ended` does not, and says why. */
export type Connection =
  { state: 'off' } | { state: 'connecting' } | { state: 'online' } | { state: 'waiting'; retryAt: number } | { state: 'ended'; reason: string };

/**
 * A stretch of a conversation without holes, in order of `seq`: up to the newest message, or with `hasNewer` somewhere in the
 * past, where somebody jumped to.
 */
export type Timeline = { status: 'loading' | 'ready'; messages: readonly Message[]; hasOlder: boolean; hasNewer: boolean };

/** A thread that somebody looks at: the message that it hangs under, and what hangs there. */
export type OpenThread = { root: Message; timeline: Timeline };

/** `participating`: we wrote in it, or it hangs under a message of ours. */
export type OwnThreadMark = ThreadMark & { conversationId: string; participating: boolean };

/** What a poll on its way asks; the question is the `content`. */
export type PendingPoll = { options: readonly string[]; multiple: boolean; anonymous: boolean; closesAt: number | null };

/** A message that the server has not confirmed. It keeps its `clientId` through every retry, so it is never stored twice. */
export type PendingMessage = {
  clientId: string;
  conversationId: string;
  content: string;
  replyTo: ReplyPreview | null;
  threadId: string | null;
  alsoToConversation: boolean;
  poll?: PendingPoll;
  mentions: readonly string[];
  createdAt: number;
  status: 'pending' | 'failed';
  error: FailureCode | null;
};

/** How far a member has come, by `seq`. Marks only move forward. */
export type Mark = { readSeq: number; deliveredSeq: number };

/** The newest notifications, and how many are unread of all. `cursor` asks for older ones. */
export type Notifications = { items: readonly Notification[]; cursor: string | null; unread: number };

type Held<Value> = ReadonlyMap<string, Value>;

/** Everything the client knows. Never changed in place: a part that is the same object is the same data. */
export type State = {
  session: 'unknown' | 'signed-out' | 'signed-in';
  me: Me | null;
  connection: Connection;
  /** What the server said of itself when we connected last. */
  hello: Hello | null;
  /** How far the server's clock is ahead of ours, as of the last hello. Milliseconds. */
  aheadMs: number;
  /** The first sync is done: what is not in `conversations` does not exist. */
  synced: boolean;
  epoch: string | null;
  conversations: Held<Conversation>;
  /** The `rev` up to which every change of the conversation has been applied. */
  held: Held<number>;
  timelines: Held<Timeline>;
  /** Open threads, by the message that they hang under. */
  threads: Held<OpenThread>;
  /** How far we have read threads, as far as we heard of them. */
  threadMarks: Held<OwnThreadMark>;
  /** What is pinned, where somebody asked; the one pinned last comes first. */
  pins: Held<readonly Message[]>;
  /** Own votes in polls that the server has not confirmed, by message: the options. */
  votes: Held<readonly string[]>;
  members: Held<readonly Member[]>;
  /** Marks of the other members that we heard of, by conversation and person. */
  marks: Held<Held<Mark>>;
  /** Who is typing, by conversation. */
  typing: Held<readonly string[]>;
  presence: Held<Presence>;
  outbox: Held<readonly PendingMessage[]>;
  /** Whether this device keeps the state and the outbox. `failed`: it wants to and cannot, so unsent messages go with the page. */
  keeping: 'nothing' | 'working' | 'failed';
  /** Null until they have been read. */
  notifications: Notifications | null;
  /** What the person wants to hear of. Null until it has been read. */
  preferences: NotificationPreferences | null;
  /** Whom we block, the newest first. Null until they have been read. */
  blocks: readonly Block[] | null;
};

export const initialState: State = {
  session: 'unknown',
  me: null,
  connection: { state: 'off' },
  hello: null,
  aheadMs: 0,
  synced: false,
  epoch: null,
  conversations: new Map(),
  held: new Map(),
  timelines: new Map(),
  threads: new Map(),
  threadMarks: new Map(),
  pins: new Map(),
  votes: new Map(),
  members: new Map(),
  marks: new Map(),
  typing: new Map(),
  presence: new Map(),
  outbox: new Map(),
  keeping: 'nothing',
  notifications: null,
  preferences: null,
  blocks: null,
};

export function withEntry<Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> {
  return map.get(key) === value ? map : new Map(map).set(key, value);
}

export function withoutEntry<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
