import type { EventData } from '../wire/events.ts';
import type { Message } from '../wire/messages.ts';
import type { Poll } from '../wire/polls.ts';
import type { Call } from './commands.ts';
import { amendMessage, receiveMessages } from './conversation.ts';
import { withEntry, withoutEntry, type State } from './state.ts';
import type { Store } from './store.ts';

/** Votes and closes. Both reject with a ChinwagError. */
export function createPolls({ store, call }: { store: Store; call: Call }) {
  /** Chooses these options instead of the former ones; none takes the vote back. Shown at once (`pollOf`), and no longer when it is refused. */
  async function vote({ id, conversationId }: Message, optionIds: readonly string[]): Promise<void> {
    const chosen = [...optionIds];
    store.update((state) => ({ ...state, votes: withEntry(state.votes, id, chosen) }));
    try {
      const message = await call('poll.vote', { messageId: id, optionIds: chosen });
      store.update((state) => receiveMessages(state, conversationId, [message]));
    } finally {
      // A later vote of ours still stands.
      store.update((state) => (state.votes.get(id) === chosen ? { ...state, votes: withoutEntry(state.votes, id) } : state));
    }
  }

  const closePoll = async ({ id, conversationId }: Message): Promise<void> => {
    const message = await call('poll.close', { messageId: id });
    store.update((state) => receiveMessages(state, conversationId, [message]));
  };

  return { vote, closePoll };
}

/** We voted, perhaps on another device. The counts come with the message. */
export function applyVoted(state: State, conversationId: string, { messageId, optionIds }: EventData<'poll.voted'>): State {
  return amendMessage(state, conversationId, messageId, (message) =>
    message.poll ? { ...message, poll: { ...message.poll, mine: optionIds } } : message,
  );
}

/** A poll as it is to be shown: with our own choice, also while it is on its way. Undefined where the message has none. */
export function pollOf({ votes, me }: Pick<State, 'votes' | 'me'>, { id, poll }: Message): (Poll & { mine: readonly string[] }) | undefined {
  if (!poll) return undefined;
  const myId = me?.id ?? '';
  const told = poll.mine ?? poll.options.filter(({ userIds }) => userIds?.includes(myId)).map((option) => option.id);
  const mine = votes.get(id) ?? told;
  const has = (ids: readonly string[]): number => (ids.length > 0 ? 1 : 0);
  const options = poll.options.map((option) => {
    const change = Number(mine.includes(option.id)) - Number(told.includes(option.id));
    if (change === 0) return option;
    const { userIds } = option;
    const others = userIds?.filter((userId) => userId !== myId);
    return { ...option, votes: option.votes + change, ...(others && { userIds: change > 0 ? [...others, myId] : others }) };
  });
  return { ...poll, options, mine: [...mine], voters: poll.voters + has(mine) - has(told) };
}
