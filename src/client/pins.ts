import type { Message } from '../wire/messages.ts';
import type { Call } from './commands.ts';
import { findMessage } from './conversation.ts';
import { withEntry, type State } from './state.ts';
import type { Store } from './store.ts';

/** Reads what is pinned; from then on it is kept up to date by events. Rejects with a ChinwagError. */
export function createPins({ store, call }: { store: Store; call: Call }) {
  return async (conversationId: string): Promise<void> => {
    const { items } = await call('pin.list', { conversationId });
    store.update((state) => (state.held.has(conversationId) ? { ...state, pins: withEntry(state.pins, conversationId, items) } : state));
  };
}

/** Somebody pinned a message that we do not hold: only the server knows whether it is ours to see. */
export function pinnedUnseen(state: State, { id, conversationId, pinned }: Message): boolean {
  return pinned !== null && state.pins.has(conversationId) && findMessage(state, conversationId, id) === undefined;
}
