import { createRandom } from '../crowd.ts';

export type Random = { below(limit: number): number; pick<Item>(items: readonly Item[]): Item; hurt(bytes: Buffer): Buffer };

/** Everything here follows from the seed. */
export function createDice(seed: number): Random {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    pick: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item,
    /** One to four places are overwritten, cut out or doubled, whatever characters they were part of. */
    hurt(bytes) {
      let hurt = Buffer.from(bytes);
      for (let count = 1 + below(4); count > 0; count--) {
        const [start, length] = [below(hurt.length + 1), 1 + below(8)];
        const rest = hurt.subarray(start + length);
        const how = below(3);
        if (how === 0) hurt = Buffer.concat([hurt.subarray(0, start), Buffer.from(Array.from({ length }, () => below(256))), rest]);
        else if (how === 1) hurt = Buffer.concat([hurt.subarray(0, start), rest]);
        else hurt = Buffer.concat([hurt.subarray(0, start + length), hurt.subarray(start)]);
      }
      return hurt;
    },
  };
}
