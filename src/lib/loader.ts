import { createBatcher } from './batcher.ts';

type Outcome<Value> = { value: Value } | { error: unknown };

const KEYS_MAX = 64;

/**
 * Reads what is asked for in the same moment with one call: a thousand people who come back at once are a few statements.
 * `read` answers in the order of the keys.
 *
 * Guarantee: what is answered was read after it was asked for, since whoever asks while a call is under way waits for the next
 * one. When a call fails, each key is read by itself, so that one that cannot be read fails alone.
 */
export function createLoader<Key, Value>(read: (keys: Key[]) => Promise<Value[]>): (key: Key) => Promise<Value> {
  const batcher = createBatcher({ commit: readAll, maxBatch: KEYS_MAX });

  return async (key) => {
    const outcome = await batcher.add(key);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };

  async function readAll(keys: Key[]): Promise<Outcome<Value>[]> {
    try {
      return (await read(keys)).map((value) => ({ value }));
    } catch (error) {
      return keys.length === 1 ? [{ error }] : (await Promise.all(keys.map((key) => readAll([key])))).flat();
    }
  }
}
