import type { Clock, Timer } from '../lib/clock.ts';
import { createLru } from '../lib/lru.ts';
import { topics, type Effect } from './effects.ts';

type Span = { topic: string; first: number; last: number };
type Held = Span & { effects: readonly Effect[] };
type Options = {
  clock: Clock;
  /** How long what came too early waits for what is missing before it. */
  holdMs: number;
  /** Conversations whose last `rev` is remembered. */
  max: number;
  perform(effects: readonly Effect[]): void;
  /** Every change of this topic comes here, so that a hole is one. */
  follows(topic: string): boolean;
};

/**
 * Lets effects out in the order of `rev`. A transaction and an append that wait for the same row commit one after the
 * other, but the answers come on two connections and may be read the other way round; without this, clients would see a
 * hole in `rev` that is none. What comes too early waits, with everything that belongs to it, until the missing one
 * has been let out; after `holdMs` it goes anyway, and the hole is the clients' to fetch. The same for what other processes did.
 */
export function createSequencer({ clock, holdMs, max, perform, follows }: Options) {
  const reached = createLru<number>(max);
  const held = new Map<string, { queue: Held[]; timer: Timer }>();

  function take(effects: readonly Effect[]): void {
    const span = spanOf(effects);
    if (!span || !follows(span.topic)) return perform(effects);
    const last = reached.get(span.topic);
    if (last !== undefined && span.first > last + 1) return hold({ ...span, effects });
    letOut({ ...span, effects });
    releaseWhatFollows(span.topic);
  }

  function letOut({ topic, last, effects }: Held): void {
    reached.set(topic, Math.max(last, reached.get(topic) ?? 0));
    perform(effects);
  }

  function hold(early: Held): void {
    const waiting = held.get(early.topic) ?? { queue: [], timer: clock.after(holdMs, () => giveUp(early.topic)) };
    waiting.queue.push(early);
    waiting.queue.sort((a, b) => a.first - b.first);
    held.set(early.topic, waiting);
  }

  function releaseWhatFollows(topic: string): void {
    const waiting = held.get(topic);
    if (!waiting) return;
    for (let next = waiting.queue[0]; next && next.first <= (reached.get(topic) ?? 0) + 1; next = waiting.queue[0]) {
      waiting.queue.shift();
      letOut(next);
    }
    if (waiting.queue.length > 0) return;
    waiting.timer.cancel();
    held.delete(topic);
  }

  function giveUp(topic: string): void {
    const waiting = held.get(topic);
    held.delete(topic);
    for (const early of waiting?.queue ?? []) letOut(early);
  }

  return {
    take,
    /** So far it had come when somebody began to listen. */
    reached(topic: string, rev: number): void {
      if (!reached.has(topic)) reached.set(topic, rev);
    },
    /** What comes next there is not known to be the next. */
    forget: (topic: string): void => void reached.delete(topic),
    forgetAll: (): void => reached.clear(),
  };
}

/** The revs of the changes. All effects of one command concern one conversation. */
function spanOf(effects: readonly Effect[]): Span | null {
  const spans: Span[] = [];
  for (const effect of effects) {
    if (effect.do !== 'publish') continue;
    const { rev, conversationId, type } = effect.event;
    // A person's news of a conversation carries the `rev` that it then has; it is no change of its own.
    if (rev === undefined || conversationId === undefined || type === 'conversation.created') continue;
    spans.push({ topic: topics.conversation(conversationId), first: rev, last: rev });
  }
  const [first] = spans;
  return first ? { ...first, last: spans.at(-1)?.last ?? first.last } : null;
}
