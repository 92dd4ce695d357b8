import type { Conversation, Receipts } from '../wire/conversations.ts';
import type { Message, MessageStatus } from '../wire/messages.ts';
import type { Me } from '../wire/person.ts';
import type { Mark, State } from './state.ts';

const order: Record<MessageStatus, number> = { sent: 0, delivered: 1, read: 2 };

/** The ticks of an own message: what the server said when it was fetched, or what the receipts say since. */
export function statusOf(state: State, message: Message): MessageStatus {
  const conversation = state.conversations.get(message.conversationId);
  if (!conversation) return message.status;
  const { readSeq, deliveredSeq } = lowWater(state, conversation);
  const derived = message.seq <= readSeq ? 'read' : message.seq <= deliveredSeq ? 'delivered' : 'sent';
  return order[derived] > order[message.status] ? derived : message.status;
}

/** What is known now, kept for the time when a member goes who was counted in it: ticks do not turn back. */
export function settled(state: State, conversation: Conversation): Receipts {
  return { ...conversation.receipts, ...lowWater(state, conversation) };
}

/** How far everybody else has come at least. The own mark is never behind an own message, so it may be counted or not. */
function lowWater(state: State, { id, receipts }: Conversation): Mark {
  const others = othersWhoShow(receipts, state.me);
  if (others < 1) return { readSeq: 0, deliveredSeq: 0 };
  return later(receipts, heardFromAll(state.marks.get(id), others));
}

/** The marks that came as events say something of everybody only when everybody has been heard. */
function heardFromAll(marks: ReadonlyMap<string, Mark> | undefined, others: number): Mark {
  if (!marks || marks.size < others) return { readSeq: 0, deliveredSeq: 0 };
  const all = [...marks.values()];
  return { readSeq: Math.min(...all.map((mark) => mark.readSeq)), deliveredSeq: Math.min(...all.map((mark) => mark.deliveredSeq)) };
}

function othersWhoShow(receipts: Receipts, me: Me | null): number {
  return receipts.visible - (me?.preferences.hideReceipts ? 0 : 1);
}

export function later(a: Mark, b: Mark): Mark {
  return { readSeq: Math.max(a.readSeq, b.readSeq), deliveredSeq: Math.max(a.deliveredSeq, b.deliveredSeq) };
}
