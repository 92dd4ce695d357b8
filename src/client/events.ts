import type { Conversation } from '../wire/conversations.ts';
import type { Event } from '../wire/events.ts';
import type { Member } from '../wire/members.ts';
import {
  changeMessages,
  dropConversation,
  hideMessages,
  moveOwnMark,
  receiveMessages,
  setConversation,
  stopTyping,
  withOwnMark,
} from './conversation.ts';
import { applyBlock } from './blocks.ts';
import { applyNotification } from './notifications.ts';
import { applyPerson } from './people.ts';
import { applyVoted } from './polls.ts';
import { applyReaction } from './reactions.ts';
import { later, settled } from './receipts.ts';
import { applyThread, countReply, moveThreadMark } from './threads.ts';
import { withEntry, withoutEntry, type Mark, type State } from './state.ts';

export type Applied = {
  state: State;
  /** The conversation has changed beyond what we hold: its changes up to `rev` must be fetched. */
  missing: { conversationId: string; rev: number } | null;
};

/**
 * What an event does to the state. A durable one is applied exactly when it is the next of its conversation: one that we
 * hold already changes nothing, and one that comes after a hole waits for the changes, which will contain it.
 */
export function applyEvent(state: State, event: Event, now: number): Applied {
  const { conversationId, rev } = event;
  if (conversationId === undefined || rev === undefined) return { state: applySignal(state, event, now), missing: null };
  const held = state.held.get(conversationId);
  if (held !== undefined && rev <= held) return { state, missing: null };
  if (held === undefined || rev > held + 1) return { state, missing: { conversationId, rev } };
  return { state: applyNext(state, event, conversationId, rev), missing: null };
}

function applyNext(state: State, event: Event, conversationId: string, rev: number): State {
  const conversation = state.conversations.get(conversationId);
  if (!conversation) return state;
  // An answer may have been ahead of the events: then its conversation contains this change already.
  const known = rev <= conversation.rev;
  const changed = known && !ofMessage(event) ? state : applyDurable(state, event, conversation, rev);
  const after = changed.conversations.get(conversationId);
  if (!after) return changed;
  const counted = known ? changed : setConversation(changed, { ...after, rev });
  return { ...counted, held: withEntry(counted.held, conversationId, rev) };
}

/** Messages have a `rev` of their own, by which they know what they contain. */
function ofMessage({ type }: Event): boolean {
  return type.startsWith('message.') || type.startsWith('reaction.') || type.startsWith('thread.');
}

function applyDurable(state: State, event: Event, conversation: Conversation, rev: number): State {
  const { id } = conversation;
  switch (event.type) {
    case 'message.created':
      return countReply(receiveMessages(state, id, [event.data]), event.data);
    case 'message.updated':
    case 'message.deleted':
      return changeMessages(state, id, [event.data]);
    case 'thread.updated':
      return applyThread(state, id, rev, event.data);
    case 'reaction.added':
    case 'reaction.removed':
      return applyReaction(state, id, rev, event.data, event.type === 'reaction.added');
    case 'conversation.updated': {
      const { lastSeq, lastMessageAt, ...shared } = event.data;
      return setConversation(state, { ...conversation, ...shared });
    }
    case 'member.added':
      return addMember(state, conversation, event.data);
    case 'member.updated':
      return withMembers(state, id, (members) => members.map((member) => (member.userId === event.data.userId ? event.data : member)));
    case 'member.removed':
      return event.data.userId === state.me?.id ? dropConversation(state, id) : removeMember(state, conversation, event.data.userId);
    default:
      return state;
  }
}

/** What carries no `rev`: it is true now, and is told anew after every connect. */
function applySignal(state: State, event: Event, now: number): State {
  const { conversationId = '' } = event;
  const conversation = state.conversations.get(conversationId);
  switch (event.type) {
    case 'presence.updated':
      return { ...state, presence: withEntry(state.presence, event.data.userId, event.data) };
    case 'typing.updated':
      return applyTyping(state, conversationId, event.data.userId, event.data.typing);
    case 'receipt.updated':
      return event.data.userId === state.me?.id
        ? moveOwnMark(state, conversationId, event.data)
        : moveMark(state, conversationId, event.data.userId, event.data);
    case 'unread.updated':
      return moveOwnMark(state, conversationId, event.data);
    case 'membership.updated': {
      if (!conversation) return state;
      const { membership, capabilities, peer } = event.data;
      return setConversation(
        state,
        withOwnMark({ ...conversation, membership, capabilities, peer: peer ?? conversation.peer }, conversation.membership),
      );
    }
    case 'person.updated':
      return applyPerson(state, event.data);
    case 'me.updated':
      return { ...state, me: state.me && { ...state.me, ...event.data } };
    case 'preference.updated':
      return { ...state, preferences: event.data };
    case 'block.added':
    case 'block.removed':
      return applyBlock(state, event);
    case 'message.hidden':
      return hideMessages(state, conversationId, [event.data.messageId]);
    case 'poll.voted':
      return applyVoted(state, conversationId, event.data);
    case 'thread.read':
      return moveThreadMark(state, conversationId, event.data);
    case 'notification.created':
    case 'notification.read':
    case 'notification.removed':
      return applyNotification(state, event, now);
    case 'conversation.deleted':
      return dropConversation(state, event.data.id);
    default:
      return state;
  }
}

function applyTyping(state: State, conversationId: string, userId: string, typing: boolean): State {
  if (userId === state.me?.id || !state.conversations.has(conversationId)) return state;
  if (!typing) return { ...state, typing: stopTyping(state.typing, conversationId, new Set([userId])) };
  const before = state.typing.get(conversationId) ?? [];
  return before.includes(userId) ? state : { ...state, typing: withEntry(state.typing, conversationId, [...before, userId]) };
}

function moveMark(state: State, conversationId: string, userId: string, mark: Mark): State {
  if (!state.conversations.has(conversationId)) return state;
  const marks = state.marks.get(conversationId) ?? new Map<string, Mark>();
  const { readSeq, deliveredSeq } = mark;
  const moved = later(marks.get(userId) ?? { readSeq: 0, deliveredSeq: 0 }, { readSeq, deliveredSeq });
  return { ...state, marks: withEntry(state.marks, conversationId, withEntry(marks, userId, moved)) };
}

/** The new member counts among those who must have read, as of now: nothing that had its ticks loses them. */
function addMember(state: State, conversation: Conversation, member: Member): State {
  const { memberCount, receipts } = conversation;
  const joined = setConversation(state, { ...conversation, memberCount: memberCount + 1, receipts: { ...receipts, visible: receipts.visible + 1 } });
  const known = withMembers(joined, conversation.id, (members) => [...members.filter(({ userId }) => userId !== member.userId), member]);
  return moveMark(known, conversation.id, member.userId, { readSeq: conversation.lastSeq, deliveredSeq: conversation.lastSeq });
}

function removeMember(state: State, conversation: Conversation, userId: string): State {
  const { id, memberCount } = conversation;
  const known = state.marks.get(id) ?? new Map<string, Mark>();
  const receipts = settled(state, conversation);
  const visible = known.has(userId) ? receipts.visible - 1 : receipts.visible;
  const left = setConversation(state, { ...conversation, memberCount: memberCount - 1, receipts: { ...receipts, visible } });
  const marks = withoutEntry(known, userId);
  const rest = withMembers(left, id, (members) => members.filter((member) => member.userId !== userId));
  return { ...rest, marks: withEntry(rest.marks, id, marks), typing: stopTyping(rest.typing, id, new Set([userId])) };
}

function withMembers(state: State, conversationId: string, change: (members: readonly Member[]) => readonly Member[]): State {
  const members = state.members.get(conversationId);
  return members ? { ...state, members: withEntry(state.members, conversationId, change(members)) } : state;
}
