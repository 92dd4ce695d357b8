import type { Conversation } from '../wire/conversations.ts';
import type { Sync } from '../wire/sync.ts';
import { dropConversation, hideMessages, moveOwnMark, putConversation, receiveMessages, setConversation } from './conversation.ts';
import { limits } from './limits.ts';
import { withEntry, withoutEntry, type Mark, type State } from './state.ts';

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
    // Who joined again begins anew, but what they wrote still waits.
    const waiting = before.outbox.get(id);
    if (waiting) state = { ...state, outbox: withEntry(state.outbox, id, waiting) };
    const { items = [], complete = true } = answer.messages[id] ?? {};
    if (!complete && isFarBehind(state, conversation)) state = { ...state, timelines: withoutEntry(state.timelines, id) };
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

/** Then it takes less to begin anew, when somebody looks, than to fill the gap. */
function isFarBehind({ timelines }: State, { id, lastSeq }: Conversation): boolean {
  const last = timelines.get(id)?.messages.at(-1)?.seq;
  return last !== undefined && lastSeq - last > limits.gapMessages;
}

/** Where we have read more than the server knows of. */
export function marksAhead({ conversations }: State, { conversations: changed, marks }: Sync): [id: string, mark: Mark][] {
  const answered = [
    ...changed.map(({ id, membership }) => [id, membership] as const),
    ...Object.entries(marks).map(([id, mark]) => [id, mark.membership] as const),
  ];
  return answered.flatMap(([id, { readSeq }]): [string, Mark][] => {
    const known = conversations.get(id)?.membership.readSeq ?? 0;
    return known > readSeq ? [[id, { readSeq: known, deliveredSeq: known }]] : [];
  });
}

export function hold(state: State, conversationId: string, rev: number): State {
  const held = state.held.get(conversationId);
  return held === undefined || held >= rev ? state : { ...state, held: withEntry(state.held, conversationId, rev) };
}
