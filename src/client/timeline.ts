import type { Message } from '../wire/messages.ts';
import { withEntry, type State, type Timeline } from './state.ts';

export const emptyTimeline: Timeline = { status: 'loading', messages: [], hasOlder: true, hasNewer: false };

/**
 * Puts messages where their `seq` belongs. A message that we hold in the same or a later state stays as it is. One that is
 * beyond the stretch we hold is left out: it comes when the reader scrolls to it.
 */
export function insert(timeline: Timeline, arrived: readonly Message[]): Timeline {
  const first = timeline.messages[0]?.seq ?? 0;
  const last = timeline.messages.at(-1)?.seq ?? 0;
  const isWithin = ({ seq }: Message): boolean => (!timeline.hasOlder || seq >= first) && (!timeline.hasNewer || seq <= last);
  const wanted = arrived.filter((message) => timeline.status === 'loading' || isWithin(message));
  const messages = merge(timeline.messages, wanted);
  return messages === timeline.messages ? timeline : { ...timeline, messages };
}

/** A page of older messages, or the first page. */
export function prepend(timeline: Timeline, page: readonly Message[], hasOlder: boolean): Timeline {
  return { ...timeline, status: 'ready', messages: merge(timeline.messages, page), hasOlder };
}

/** A page of newer messages, below a stretch of the past. */
export function append(timeline: Timeline, page: readonly Message[], hasNewer: boolean): Timeline {
  return { ...timeline, messages: merge(timeline.messages, page), hasNewer };
}

/** A page from somewhere in the past: joined to what is here where it touches that, otherwise in its place. */
export function moveTo(timeline: Timeline, page: readonly Message[], hasOlder: boolean): Timeline {
  const first = timeline.messages[0]?.seq;
  const touches = !timeline.hasNewer && first !== undefined && page.some(({ seq }) => seq >= first);
  return touches ? prepend(timeline, page, hasOlder) : { status: 'ready', messages: page, hasOlder, hasNewer: true };
}

/** The newest part of it. */
export function newest(timeline: Timeline, count: number): Timeline {
  const { messages } = timeline;
  return messages.length <= count ? timeline : { ...timeline, messages: messages.slice(-count), hasOlder: true };
}

/** The oldest part of it. */
export function oldest(timeline: Timeline, count: number): Timeline {
  const { messages } = timeline;
  return messages.length <= count ? timeline : { ...timeline, messages: messages.slice(0, count), hasNewer: true };
}

export function leaveOut(timeline: Timeline, gone: ReadonlySet<string>): Timeline {
  return timeline.messages.some(({ id }) => gone.has(id)) ? { ...timeline, messages: timeline.messages.filter(({ id }) => !gone.has(id)) } : timeline;
}

/** What hangs in a thread only is shown there. */
export function standsInConversation({ threadId, alsoToConversation }: Pick<Message, 'threadId' | 'alsoToConversation'>): boolean {
  return threadId === null || alsoToConversation;
}

/** Messages that hang in an open thread, and later states of what they hang under. */
export function receiveInThreads(threads: State['threads'], messages: readonly Message[]): State['threads'] {
  let changed = threads;
  for (const [threadId, { root, timeline }] of threads) {
    const [later = root] = messages.filter((message) => message.id === threadId && message.rev > root.rev);
    const grown = insert(
      timeline,
      messages.filter((message) => message.threadId === threadId),
    );
    if (later !== root || grown !== timeline) changed = withEntry(changed, threadId, { root: later, timeline: grown });
  }
  return changed;
}

/** Messages in a later state, some of them pinned or no longer: the one pinned last comes first. */
export function receivePins(pins: State['pins'], conversationId: string, messages: readonly Message[]): State['pins'] {
  const held = pins.get(conversationId);
  if (!held) return pins;
  const revs = new Map(held.map(({ id, rev }) => [id, rev]));
  const later = messages.filter(({ id, rev, pinned }) => (revs.has(id) || pinned !== null) && rev > (revs.get(id) ?? -1));
  if (later.length === 0) return pins;
  const changed = new Set(later.map(({ id }) => id));
  const now = [...held.filter(({ id }) => !changed.has(id)), ...later.filter(({ pinned }) => pinned !== null)];
  return withEntry(
    pins,
    conversationId,
    now.sort((a, b) => (b.pinned?.at ?? 0) - (a.pinned?.at ?? 0) || b.seq - a.seq),
  );
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
