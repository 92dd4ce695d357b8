import type { EventData } from '../wire/events.ts';
import type { Message } from '../wire/messages.ts';
import type { Call } from './commands.ts';
import { changeMessages, findMessage } from './conversation.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

type Reaction = EventData<'reaction.added'>;

/** Somebody reacted, or took it back. A message that we hold in a later state contains it already. */
export function applyReaction(state: State, conversationId: string, rev: number, reaction: Reaction, added: boolean): State {
  const message = findMessage(state, conversationId, reaction.messageId);
  if (!message || message.rev >= rev) return state;
  return changeMessages(state, conversationId, [{ ...message, rev, reactions: withReaction(message.reactions, reaction, added) }]);
}

export function withReaction(
  reactions: Message['reactions'],
  { emoji, userId }: Pick<Reaction, 'emoji' | 'userId'>,
  added: boolean,
): Message['reactions'] {
  const others = (reactions.find((reaction) => reaction.emoji === emoji)?.userIds ?? []).filter((id) => id !== userId);
  const changed = { emoji, userIds: added ? [...others, userId] : others };
  const known = reactions.some((reaction) => reaction.emoji === emoji);
  const all = known ? reactions.map((reaction) => (reaction.emoji === emoji ? changed : reaction)) : [...reactions, changed];
  return all.filter((reaction) => reaction.userIds.length > 0);
}

/** Reacts, or takes the reaction back. What it comes to arrives as an event, for us as for everybody. Rejects with a ChinwagError. */
export function createReactions({ store, call }: { store: Store; call: Call }) {
  return async (message: Message, emoji: string): Promise<void> => {
    const myId = store.get().me?.id ?? '';
    const mine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.includes(myId));
    await call(mine ? 'reaction.remove' : 'reaction.add', { messageId: message.id, emoji });
  };
}
