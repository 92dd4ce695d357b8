import type { Clock, Timer } from '../lib/clock.ts';
import { createLru } from '../lib/lru.ts';
import type { Effect } from './effects.ts';

type Span = { conversationId: string; first: number; last: number };
type Held = Span & { effects: readonly Effect[] };
type Options = {
  clock: Clock;
  /** How long what came too early waits for what is missing before it. */
  holdMs: number;
  /** Conversations whose last `rev` is remembered. */
  max: number;
  perform(effects: readonly Effect[]): void;
};

/**
 * Lets effects out in the order of `rev`. A transaction and an append that wait for the same row commit one after the
 * other, but the answers come on two connections and may be read the other way round; without this, clients would see a
 * hole in `rev` that is none. What comes too early waits, with everything that belongs to it, until the missing one
 * has been let out; after `holdMs` it goes anyway, and the hole is the clients' to fetch.
 */
export function createSequencer({ clock, holdMs, max, perform }: Options) {
  const reached = createLru<number>(max);
  const held = new Map<string, { queue: Held[]; timer: Timer }>();

  function take(effects: readonly Effect[]): void {
    const span = spanOf(effects);
    if (!span) return perform(effects);
    const last = reached.get(span.conversationId);
    if (last !== undefined && span.first > last + 1) return hold({ ...span, effects });
    letOut({ ...span, effects });
    releaseWhatFollows(span.conversationId);
  }

  function letOut({ conversationId, last, effects }: Held): void {
    reached.set(conversationId, Math.max(last, reached.get(conversationId) ?? 0));
    perform(effects);
  }

  function hold(early: Held): void {
    const waiting = held.get(early.conversationId) ?? { queue: [], timer: clock.after(holdMs, () => giveUp(early.conversationId)) };
    waiting.queue.push(early);
    waiting.queue.sort((a, b) => a.first - b.first);
    held.set(early.conversationId, waiting);
  }

  function releaseWhatFollows(conversationId: string): void {
    const waiting = held.get(conversationId);
    if (!waiting) return;
    for (let next = waiting.queue[0]; next && next.first <= (reached.get(conversationId) ?? 0) + 1; next = waiting.queue[0]) {
      waiting.queue.shift();
      letOut(next);
    }
    if (waiting.queue.length > 0) return;
    waiting.timer.cancel();
    held.delete(conversationId);
  }

  function giveUp(conversationId: string): void {
    const waiting = held.get(conversationId);
    held.delete(conversationId);
    for (const early of waiting?.queue ?? []) letOut(early);
  }

  return { take };
}

/** The revs of the changes. All effects of one command concern one conversation. */
function spanOf(effects: readonly Effect[]): Span | null {
  const spans: Span[] = [];
  for (const effect of effects) {
    if (effect.do !== 'publish') continue;
    const { rev, conversationId } = effect.event;
    // A person's news of a conversation carries the `rev` that it then has; it is no change of its own.
    if (rev === undefined || conversationId === undefined || effect.event.type === 'conversation.created') continue;
    spans.push({ conversationId, first: rev, last: rev });
  }
  const [first] = spans;
  return first ? { ...first, last: spans.at(-1)?.last ?? first.last } : null;
}
