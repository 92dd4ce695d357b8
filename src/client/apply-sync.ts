import type { Sync } from '../wire/sync.ts';
import { dropConversation, hideMessages, moveOwnMark, putConversation, receiveMessages, setConversation } from './conversation.ts';
import { withEntry, type State } from './state.ts';

/**
 * `behind` collects the conversations with more changes than fitted into the answer. What was held when we `asked` and is not any
 * more was taken from us while the answer was on its way: the answer is older than that.
 */
export function applySync(before: State, asked: State['held'], answer: Sync, behind: Map<string, number>): State {
  let state = answer.removed.reduce(dropConversation, before);
  for (const [id, messageIds] of Object.entries(answer.hidden)) state = hideMessages(state, id, messageIds);
  for (const conversation of answer.conversations) {
    const { id, rev } = conversation;
    if (asked.has(id) && !before.held.has(id)) continue;
    const { items = [], complete = true } = answer.messages[id] ?? {};
    const reading = state.timelines.has(id);
    state = receiveMessages(putConversation(state, conversation), id, reading ? items : []);
    // Without a history that somebody reads there is nothing to catch up with.
    if (complete || !reading) state = hold(state, id, rev);
    else {
      state = hold(state, id, items.at(-1)?.rev ?? 0);
      behind.set(id, rev);
    }
  }
  for (const [id, { membership, receipts, peer, capabilities }] of Object.entries(answer.marks)) {
    const conversation = state.conversations.get(id);
    if (conversation)
      state = moveOwnMark(setConversation(state, { ...conversation, receipts, membership, peer, capabilities }), id, conversation.membership);
  }
  return state;
}

export function hold(state: State, conversationId: string, rev: number): State {
  const held = state.held.get(conversationId);
  return held === undefined || held >= rev ? state : { ...state, held: withEntry(state.held, conversationId, rev) };
}
