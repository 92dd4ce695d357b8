import { createBatcher } from '../lib/batcher.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/id.ts';
import type { Effect } from './effects.ts';
import { CommandError } from './errors.ts';
import type { Announce, Appended, AppendLane, Draft, Mark, Marked, MarkLane, Store } from './ports.ts';

type Observe = (batch: { size: number; ms: number }) => void;
type Options = { batchMax: number; queueMax: number; observe: Observe };

const overloaded = (): never => {
  throw new CommandError('unavailable', 'Too many writes are waiting for the database; try again.', { retryAfter: 1 });
};

/**
 * Group commit of sends. Ids are given when the batch leaves, so they sort like the messages. Everything is announced
 * in the tick of the commit, in `seq` order, before any sender has an answer.
 */
export function createAppendLane(
  store: Store,
  clock: Clock,
  apply: (effects: Effect[]) => void,
  options: Options & { settleMs: number; wakeOutbox(dueAt: number): void },
): AppendLane & { size(): number; drain(): Promise<void> } {
  type Send = { draft: Omit<Draft, 'id'>; announce: Announce };

  const batcher = createBatcher<Send, Appended>({
    maxBatch: options.batchMax,
    key: ({ draft }) => `${draft.senderId} ${draft.clientId}`,
    onBatch: (size, ms) => options.observe({ size, ms }),
    async commit(sends) {
      const createdAt = clock.now();
      const drafts = sends.map(({ draft }) => Object.assign(draft, { id: newId() }));
      const jobDueAt = createdAt + options.settleMs;
      return store.append(drafts, { createdAt, jobDueAt }, (outcomes) => {
        options.wakeOutbox(jobDueAt);
        outcomes.forEach((outcome, i) => {
          if (outcome.outcome === 'stored') apply(sends[i]?.announce({ ...outcome, createdAt }) ?? []);
        });
      });
    },
  });

  return {
    add: (draft, announce) => (batcher.size >= options.queueMax ? overloaded() : batcher.add({ draft, announce })),
    size: () => batcher.size,
    drain: () => batcher.drain(),
  };
}

/** Group commit of marks: a thousand people reading one message make a handful of transactions. */
export function createMarkLane(
  commit: (marks: Mark[]) => Promise<Marked[]>,
  options: Options,
): MarkLane & { size(): number; drain(): Promise<void> } {
  const batcher = createBatcher<Mark, Marked>({
    maxBatch: options.batchMax,
    onBatch: (size, ms) => options.observe({ size, ms }),
    commit,
  });
  return {
    add: (mark) => (batcher.size >= options.queueMax ? overloaded() : batcher.add(mark)),
    size: () => batcher.size,
    drain: () => batcher.drain(),
  };
}
