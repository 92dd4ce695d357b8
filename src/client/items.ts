import type { Message, MessageStatus } from '../wire/messages.ts';
import { statusOf } from './receipts.ts';
import type { PendingMessage, State } from './state.ts';
import { standsInConversation } from './timeline.ts';

/**
 * A message as it is shown, stored or on its way. `key` stays the same when it is stored. `status` says how far an own one has come:
 * `pending` and `failed` are known here only; null for those of others.
 */
export type ChatItem =
  | { key: string; mine: boolean; message: Message; pending: null; status: MessageStatus | null }
  | { key: string; mine: true; message: null; pending: PendingMessage; status: PendingMessage['status'] };

/** Answers the same object for the same message in the same status, so that only what changed is drawn again. */
export function createItems(): (state: State, conversationId: string) => readonly ChatItem[] {
  const known = new WeakMap<Message | PendingMessage, ChatItem>();
  let last: readonly ChatItem[] = [];

  function stored(state: State, message: Message): ChatItem {
    const mine = message.sender.id === state.me?.id;
    const status = mine ? statusOf(state, message) : null;
    const before = known.get(message);
    if (before?.status === status && before.mine === mine) return before;
    const item: ChatItem = { key: mine ? (message.clientId ?? message.id) : message.id, mine, message, pending: null, status };
    known.set(message, item);
    return item;
  }

  function waiting(pending: PendingMessage): ChatItem {
    const item: ChatItem = known.get(pending) ?? { key: pending.clientId, mine: true, message: null, pending, status: pending.status };
    known.set(pending, item);
    return item;
  }

  return (state, conversationId) => {
    const timeline = state.timelines.get(conversationId);
    // Whoever looks at the past sees what they write when they come back to the newest.
    const pending = timeline?.hasNewer ? [] : (state.outbox.get(conversationId) ?? []);
    const items = [
      ...(timeline?.messages ?? []).map((message) => stored(state, message)),
      ...pending.filter(standsInConversation).map((message) => waiting(message)),
    ];
    if (items.length !== last.length || items.some((item, i) => item !== last[i])) last = items;
    return last;
  };
}
