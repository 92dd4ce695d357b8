import type { Message } from '../wire/messages.ts';
import type { Timeline } from './state.ts';

export const emptyTimeline: Timeline = { status: 'loading', messages: [], hasOlder: true };

/**
 * Puts messages where their `seq` belongs. A message that we hold in the same or a later state stays as it is. One that is
 * older than the stretch we hold is left out: it comes when the reader scrolls up to it.
 */
export function insert(timeline: Timeline, arrived: readonly Message[]): Timeline {
  const first = timeline.messages[0]?.seq ?? 0;
  const wanted = arrived.filter((message) => timeline.status === 'loading' || !timeline.hasOlder || message.seq >= first);
  const messages = merge(timeline.messages, wanted);
  return messages === timeline.messages ? timeline : { ...timeline, messages };
}

/** A page of older messages, or the first page. */
export function prepend(timeline: Timeline, page: readonly Message[], hasOlder: boolean): Timeline {
  return { status: 'ready', messages: merge(timeline.messages, page), hasOlder };
}

function merge(held: readonly Message[], arrived: readonly Message[]): readonly Message[] {
  if (arrived.length === 0) return held;
  const bySeq = new Map(held.map((message) => [message.seq, message]));
  const changed = arrived.filter((message) => message.rev > (bySeq.get(message.seq)?.rev ?? -1));
  if (changed.length === 0) return held;
  for (const message of changed) bySeq.set(message.seq, message);
  const deleted = new Map(changed.flatMap((message) => (message.deletedAt === null ? [] : [[message.id, message.deletedAt]])));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq).map((message) => unquote(message, deleted));
}

/** What was deleted does not live on as a quotation. */
function unquote(message: Message, deleted: ReadonlyMap<string, number>): Message {
  const deletedAt = message.replyTo ? deleted.get(message.replyTo.id) : undefined;
  if (!message.replyTo || deletedAt === undefined) return message;
  return { ...message, replyTo: { ...message.replyTo, content: '', deletedAt } };
}
