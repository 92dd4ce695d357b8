import type { Conversation } from '../wire/conversations.ts';
import type { Message } from '../wire/messages.ts';
import { later } from './receipts.ts';
import { withEntry, withoutEntry, type Mark, type State } from './state.ts';
import { insert, leaveOut, receiveInThreads, receivePins, standsInConversation } from './timeline.ts';

/**
 * A conversation as the server answered it. One that we did not know is held as of its `rev`; one that we know keeps what
 * came later than the answer, and `held` is left to the changes themselves.
 */
export function putConversation(state: State, answered: Conversation): State {
  const { id } = answered;
  const known = state.conversations.get(id);
  if (!known) {
    return { ...state, conversations: withEntry(state.conversations, id, answered), held: withEntry(state.held, id, answered.rev) };
  }
  if (answered.rev < known.rev) return state;
  const merged = {
    ...answered,
    lastSeq: Math.max(known.lastSeq, answered.lastSeq),
    lastMessage: newest(known.lastMessage, answered.lastMessage),
    lastMessageAt: Math.max(known.lastMessageAt ?? 0, answered.lastMessageAt ?? 0) || null,
  };
  return setConversation(state, withOwnMark(merged, known.membership));
}

/** We are no longer in it, or it is gone. */
export function dropConversation(state: State, id: string): State {
  if (!state.conversations.has(id)) return state;
  return {
    ...state,
    conversations: withoutEntry(state.conversations, id),
    held: withoutEntry(state.held, id),
    timelines: withoutEntry(state.timelines, id),
    threads: new Map([...state.threads].filter(([, { root }]) => root.conversationId !== id)),
    pins: withoutEntry(state.pins, id),
    members: withoutEntry(state.members, id),
    marks: withoutEntry(state.marks, id),
    typing: withoutEntry(state.typing, id),
    outbox: withoutEntry(state.outbox, id),
  };
}

/** Messages of one conversation, new ones or in a later state, in any order and any number of times. */
export function receiveMessages(state: State, conversationId: string, arrived: readonly Message[]): State {
  const conversation = state.conversations.get(conversationId);
  if (!conversation || arrived.length === 0) return state;
  const messages = arrived.map((message) => withOwnVote(state, message));
  const last = messages.reduce(newest, conversation.lastMessage);
  const mine = messages.filter((message) => message.sender.id === state.me?.id);
  const ownSeq = Math.max(0, ...mine.map((message) => message.seq));
  const received = {
    ...conversation,
    lastSeq: Math.max(conversation.lastSeq, last?.seq ?? 0),
    lastMessage: last,
    lastMessageAt: Math.max(conversation.lastMessageAt ?? 0, last?.createdAt ?? 0) || null,
  };
  const timeline = state.timelines.get(conversationId);
  const senders = new Set(messages.filter((message) => message.seq > conversation.lastSeq).map((message) => message.sender.id));
  return {
    ...setConversation(state, withPause(withOwnMark(received, { readSeq: ownSeq, deliveredSeq: ownSeq }), mine)),
    timelines: timeline ? withEntry(state.timelines, conversationId, insert(timeline, messages.filter(standsInConversation))) : state.timelines,
    threads: receiveInThreads(state.threads, messages),
    pins: receivePins(state.pins, conversationId, messages),
    outbox: confirm(state.outbox, conversationId, mine),
    typing: stopTyping(state.typing, conversationId, senders),
  };
}

/**
 * Messages in a later state. One that we do not hold is older than what we read, or the person deleted it for themselves:
 * neither is ours to show.
 */
export function changeMessages(state: State, conversationId: string, messages: readonly Message[]): State {
  return receiveMessages(
    state,
    conversationId,
    messages.filter(({ id }) => findMessage(state, conversationId, id) !== undefined),
  );
}

/** Events do not say what we chose in a poll: we know it from before. */
function withOwnVote(state: State, message: Message): Message {
  if (!message.poll || message.poll.mine) return message;
  const mine = findMessage(state, message.conversationId, message.id)?.poll?.mine;
  return mine ? { ...message, poll: { ...message.poll, mine } } : message;
}

export function findMessage(state: State, conversationId: string, messageId: string): Message | undefined {
  const byId = ({ id }: Message): boolean => id === messageId;
  const found = state.timelines.get(conversationId)?.messages.find(byId);
  const pinned = found ?? state.pins.get(conversationId)?.find(byId);
  if (pinned) return pinned;
  for (const { root, timeline } of state.threads.values()) {
    const inThread = root.id === messageId ? root : timeline.messages.find(byId);
    if (inThread) return inThread;
  }
  const last = state.conversations.get(conversationId)?.lastMessage;
  return last?.id === messageId ? last : undefined;
}

/** What changes in a message for us alone, and takes no `rev`. */
export function amendMessage(state: State, conversationId: string, messageId: string, amend: (message: Message) => Message): State {
  const each = (messages: readonly Message[]): readonly Message[] => messages.map((message) => (message.id === messageId ? amend(message) : message));
  const timeline = state.timelines.get(conversationId);
  const pins = state.pins.get(conversationId);
  return {
    ...state,
    timelines: timeline ? withEntry(state.timelines, conversationId, { ...timeline, messages: each(timeline.messages) }) : state.timelines,
    pins: pins ? withEntry(state.pins, conversationId, each(pins)) : state.pins,
    threads: new Map(
      [...state.threads].map(([id, { root, timeline: held }]) => [
        id,
        { root: root.id === messageId ? amend(root) : root, timeline: { ...held, messages: each(held.messages) } },
      ]),
    ),
  };
}

/** The person deleted these for themselves. Where the newest goes the server has to say what comes before it. */
export function hideMessages(state: State, conversationId: string, messageIds: readonly string[]): State {
  const conversation = state.conversations.get(conversationId);
  if (!conversation || messageIds.length === 0) return state;
  const gone = new Set(messageIds);
  const timeline = state.timelines.get(conversationId);
  const pins = state.pins.get(conversationId);
  const { lastMessage } = conversation;
  const without = lastMessage && gone.has(lastMessage.id) ? setConversation(state, { ...conversation, lastMessage: null }) : state;
  return {
    ...without,
    timelines: timeline ? withEntry(state.timelines, conversationId, leaveOut(timeline, gone)) : state.timelines,
    pins: pins
      ? withEntry(
          state.pins,
          conversationId,
          pins.filter(({ id }) => !gone.has(id)),
        )
      : state.pins,
    threads: new Map([...state.threads].map(([id, thread]) => [id, { ...thread, timeline: leaveOut(thread.timeline, gone) }])),
  };
}

/** The own mark moves forward, with the number of unread messages. */
export function moveOwnMark(state: State, conversationId: string, mark: Mark): State {
  const conversation = state.conversations.get(conversationId);
  return conversation ? setConversation(state, withOwnMark(conversation, mark)) : state;
}

export function setConversation(state: State, conversation: Conversation): State {
  return { ...state, conversations: withEntry(state.conversations, conversation.id, conversation) };
}

export function withOwnMark(conversation: Conversation, mark: Mark): Conversation {
  const { membership, lastSeq } = conversation;
  const { readSeq, deliveredSeq } = later(membership, mark);
  return { ...conversation, membership: { ...membership, readSeq, deliveredSeq, unread: Math.max(0, lastSeq - readSeq) } };
}

/** In slow mode each message of ours puts off the next one. */
function withPause(conversation: Conversation, mine: readonly Message[]): Conversation {
  const { membership, settings } = conversation;
  if (settings.slowModeSeconds === 0 || membership.role !== 'member') return conversation;
  const sentAt = Math.max(0, ...mine.map(({ type, createdAt }) => (type === 'system' ? 0 : createdAt)));
  const nextSendAt = sentAt + settings.slowModeSeconds * 1000;
  return sentAt === 0 || nextSendAt <= (membership.nextSendAt ?? 0) ? conversation : { ...conversation, membership: { ...membership, nextSendAt } };
}

export function stopTyping(typing: State['typing'], conversationId: string, userIds: ReadonlySet<string>): State['typing'] {
  const before = typing.get(conversationId);
  if (!before?.some((userId) => userIds.has(userId))) return typing;
  const rest = before.filter((userId) => !userIds.has(userId));
  return rest.length > 0 ? withEntry(typing, conversationId, rest) : withoutEntry(typing, conversationId);
}

function confirm(outbox: State['outbox'], conversationId: string, mine: readonly Message[]): State['outbox'] {
  const before = outbox.get(conversationId);
  const confirmed = new Set(mine.map((message) => message.clientId));
  const rest = before?.filter((pending) => !confirmed.has(pending.clientId));
  if (!before || !rest || rest.length === before.length) return outbox;
  return rest.length > 0 ? withEntry(outbox, conversationId, rest) : withoutEntry(outbox, conversationId);
}

function newest(a: Message | null, b: Message | null): Message | null {
  if (!a || !b) return a ?? b;
  if (a.seq !== b.seq) return a.seq > b.seq ? a : b;
  return a.rev >= b.rev ? a : b;
}
