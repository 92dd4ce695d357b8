import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { createMultimap } from '../../src/lib/multimap.ts';
import { searching } from '../support/property.ts';

const steps = fc.array(fc.record({ add: fc.boolean(), key: fc.constantFrom('a', 'b'), value: fc.constantFrom('x', 'y', 'z') }));

test('a multimap holds what a map of sets would', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const map = createMultimap<string, string>();
      const model = new Map([...'ab'].map((key) => [key, new Set<string>()]));
      for (const { add, key, value } of all) {
        map[add ? 'add' : 'delete'](key, value);
        model.get(key)?.[add ? 'add' : 'delete'](value);
        for (const [held, values] of model) expect([map.countOf(held), [...map.of(held)].sort()]).toEqual([values.size, [...values].sort()]);
      }
    }),
    searching(300),
  );
});
