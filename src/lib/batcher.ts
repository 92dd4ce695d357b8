import { endOfTurn } from './turn.ts';

/**
 * Group commit. Items that arrive while a batch is in flight wait and leave together in the next one.
 *
 * Guarantee: one batch is in flight at a time; items keep their order; the promises of a batch are
 * settled in that order within one tick, so whoever awaits them runs in order too.
 */
export function createBatcher<Item, Outcome>(options: {
  commit(items: Item[]): Promise<Outcome[]>;
  maxBatch: number;
  /** Two items with the same key never share a batch. */
  key?(item: Item): string | null;
  onBatch?(size: number, ms: number): void;
}) {
  type Waiting = { item: Item; resolve(outcome: Outcome): void; reject(error: unknown): void };
  let queue: Waiting[] = [];
  let running: Promise<void> | null = null;

  function add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      running ??= run();
    });
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      await endOfTurn();
      await commitNext(takeBatch());
    }
    running = null;
  }

  async function commitNext(batch: Waiting[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const outcomes = await options.commit(batch.map((waiting) => waiting.item));
      batch.forEach((waiting, i) => waiting.resolve(outcomes[i] as Outcome));
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
    options.onBatch?.(batch.length, performance.now() - startedAt);
  }

  function takeBatch(): Waiting[] {
    const { key } = options;
    if (!key) return queue.splice(0, options.maxBatch);
    const taken: Waiting[] = [];
    const later: Waiting[] = [];
    const keys = new Set<string>();
    let looked = 0;
    for (; looked < queue.length && taken.length < options.maxBatch; looked++) {
      const waiting = queue[looked] as Waiting;
      const itemKey = key(waiting.item);
      (itemKey !== null && keys.has(itemKey) ? later : taken).push(waiting);
      if (itemKey !== null) keys.add(itemKey);
    }
    const rest = queue.slice(looked);
    queue = later.length === 0 ? rest : later.concat(rest);
    return taken;
  }

  return {
    add,
    get size() {
      return queue.length;
    },
    async drain(): Promise<void> {
      while (running) await running;
    },
  };
}
