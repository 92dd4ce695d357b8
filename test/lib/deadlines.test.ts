import { expect, test } from 'bun:test';
import { createDeadlines } from '../../src/lib/deadlines.ts';
import { createFakeClock } from '../support/clock.ts';

class Late extends Error {}

function stage() {
  const clock = createFakeClock();
  const inTime = createDeadlines(clock, 100, () => new Late());
  const said: string[] = [];
  const begin = (name: string) => {
    const work = Promise.withResolvers<string>();
    const told = inTime(() => work.promise).then(
      (value) => said.push(`${name} ${value}`),
      (error: unknown) => said.push(`${name} ${error instanceof Late ? 'late' : 'failed'}`),
    );
    return { ...work, told };
  };
  return { clock, begin, said };
}

test('each piece of work has its own time, whoever began before it', async () => {
  const { clock, begin, said } = stage();
  const first = begin('first');
  clock.advance(40);
  const second = begin('second');
  clock.advance(59);
  first.resolve('done');
  await first.told;
  // The time of the first would be over now.
  clock.advance(40);
  await Promise.resolve();
  expect(said).toEqual(['first done']);
  clock.advance(1);
  await second.told;
  expect(said).toEqual(['first done', 'second late']);
});

test('work that began together is late together, and what comes of it then is nobody’s', async () => {
  const { clock, begin, said } = stage();
  const all = ['a', 'b', 'c'].map(begin);
  all[1]?.reject(new Error('broken'));
  await all[1]?.told;
  clock.advance(100);
  await Promise.all(all.map(({ told }) => told));
  all[0]?.resolve('done');
  all[2]?.reject(new Error('broken'));
  await Promise.resolve();
  expect(said).toEqual(['b failed', 'a late', 'c late']);
});

test('after a pause the next work is watched again', async () => {
  const { clock, begin, said } = stage();
  const first = begin('first');
  first.resolve('done');
  await first.told;
  clock.advance(1_000);
  const second = begin('second');
  clock.advance(99);
  await Promise.resolve();
  expect(said).toEqual(['first done']);
  clock.advance(1);
  await second.told;
  expect(said).toEqual(['first done', 'second late']);
});
