/**
 * A map of sets, in which a set of one is the value itself: most are, and an empty set takes more than what is in it. Values are
 * objects or texts, never sets.
 */
export function createMultimap<Key, Value extends object | string>() {
  const held = new Map<Key, Value | Set<Value>>();

  function of(key: Key): Iterable<Value> {
    const one = held.get(key);
    if (one === undefined) return [];
    return one instanceof Set ? one : [one];
  }

  return {
    of,
    countOf(key: Key): number {
      const one = held.get(key);
      if (one === undefined) return 0;
      return one instanceof Set ? one.size : 1;
    },
    add(key: Key, value: Value): void {
      const one = held.get(key);
      if (one === undefined) held.set(key, value);
      else if (one instanceof Set) one.add(value);
      else if (one !== value) held.set(key, new Set([one, value]));
    },
    delete(key: Key, value: Value): void {
      const one = held.get(key);
      if (one === value) held.delete(key);
      if (!(one instanceof Set)) return;
      one.delete(value);
      const [first] = one;
      if (one.size === 1 && first !== undefined) held.set(key, first);
    },
  };
}
