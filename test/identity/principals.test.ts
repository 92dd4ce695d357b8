import { describe, expect, test } from 'bun:test';
import { createPrincipals, type Principal } from '../../src/http/auth/principal.ts';
import type { Credential } from '../../src/http/auth/credentials.ts';
import { systemActor } from '../../src/kernel/actor.ts';
import { CommandError } from '../../src/kernel/errors.ts';
import { createFakeClock } from '../support/clock.ts';

const credential = (value: string): Credential => ({ kind: 'opaque', value });
const principal = (userId: string, name = 'first', expiresAt: number | null = null): Principal => ({
  actor: { ...systemActor, userId, name, expiresAt },
  token: userId,
});

/** Lookups that answer when the test says so. */
function setUp(options: { ttlMs?: number; max?: number } = {}) {
  const clock = createFakeClock();
  const asked: { value: string; answer(found: Principal): void; fail(error: Error): void }[] = [];
  const lookup = ({ value }: Credential) => new Promise<Principal>((resolve, reject) => asked.push({ value, answer: resolve, fail: reject }));
  const principals = createPrincipals({ clock, lookup, ttlMs: options.ttlMs ?? 15_000, max: options.max ?? 100 });
  const nth = (i: number) => asked[i] ?? { value: '', answer: () => undefined, fail: () => undefined };
  /** Until the lookup has been asked for the i-th time. */
  async function nextLookup(i: number): Promise<void> {
    while (asked.length <= i) await Promise.resolve();
  }
  async function learn(value: string, found: Principal): Promise<void> {
    const resolved = principals.resolve(credential(value));
    nth(asked.length - 1).answer(found);
    await resolved;
  }
  return { clock, asked, principals, nth, nextLookup, learn };
}

describe('principals', () => {
  test('are believed for a while, and looked up again after it', async () => {
    const { clock, asked, principals, learn, nth } = setUp();
    await learn('a', principal('ann'));
    clock.advance(14_999);
    expect((await principals.resolve(credential('a'))).actor.name).toBe('first');
    expect(asked).toHaveLength(1);
    clock.advance(1);
    const again = principals.resolve(credential('a'));
    nth(1).answer(principal('ann', 'second'));
    expect((await again).actor.name).toBe('second');
  });

  test('are never believed beyond the end of their credential', async () => {
    const { clock, asked, principals, learn } = setUp();
    await learn('a', principal('ann', 'first', clock.now() + 5_000));
    clock.advance(4_999);
    await principals.resolve(credential('a'));
    expect(asked).toHaveLength(1);
    clock.advance(1);
    void principals.resolve(credential('a'));
    expect(asked).toHaveLength(2);
  });

  test('give their memory back once they are not believed any longer', async () => {
    const { clock, asked, principals, learn } = setUp();
    await learn('a', principal('ann'));
    clock.advance(10_000);
    await learn('b', principal('ben'));
    clock.advance(5_000);
    principals.sweep();
    expect(principals.size).toBe(1);
    await principals.resolve(credential('b'));
    expect(asked).toHaveLength(2);
    principals.forget('ben');
    expect(principals.size).toBe(0);
  });

  test('share one lookup between requests with the same credential', async () => {
    const { asked, principals, nth } = setUp();
    const both = [principals.resolve(credential('a')), principals.resolve(credential('a')), principals.resolve(credential('b'))];
    expect(asked.map((ask) => ask.value)).toEqual(['a', 'b']);
    nth(0).answer(principal('ann'));
    nth(1).answer(principal('bob'));
    expect((await Promise.all(both)).map((found) => found.actor.userId)).toEqual(['ann', 'ann', 'bob']);
  });

  test('of one person are forgotten together, and nobody else’s', async () => {
    const { asked, principals, learn } = setUp();
    await learn('a1', principal('ann'));
    await learn('a2', principal('ann'));
    await learn('b', principal('bob'));
    expect(principals.size).toBe(3);
    principals.forget('ann');
    expect(principals.size).toBe(1);
    await principals.resolve(credential('b'));
    expect(asked).toHaveLength(3);
    principals.forget('nobody');
  });

  test('that are being looked up while they are forgotten are looked up again, and the old answer reaches nobody', async () => {
    const { principals, nth, nextLookup } = setUp();
    const before = principals.resolve(credential('a'));
    principals.forget('ann');
    const after = principals.resolve(credential('a'));
    nth(0).answer(principal('ann', 'stale'));
    await nextLookup(1);
    nth(1).answer(principal('ann', 'fresh'));
    for (const resolved of [before, after]) expect((await resolved).actor.name).toBe('fresh');
    expect((await principals.resolve(credential('a'))).actor.name).toBe('fresh');
    expect(principals.size).toBe(1);
  });

  test('are not given out while they change again and again', async () => {
    const { principals, nth, nextLookup, asked } = setUp();
    const resolved = principals.resolve(credential('a')).catch((error: unknown) => error);
    for (let i = 0; i < 5; i++) {
      await nextLookup(i);
      principals.forget('ann');
      nth(i).answer(principal('ann', 'stale'));
    }
    expect(await resolved).toMatchObject({ code: 'unavailable' });
    expect(asked).toHaveLength(5);
    expect(principals.size).toBe(0);
  });

  test('that are refused are not remembered', async () => {
    const { asked, principals, nth, learn } = setUp();
    const refused = principals.resolve(credential('a')).catch((error: unknown) => error);
    nth(0).fail(new CommandError('unauthenticated'));
    expect(await refused).toMatchObject({ code: 'unauthenticated' });
    await learn('a', principal('ann'));
    expect(asked).toHaveLength(2);
  });

  test('are bounded in number, with the index of people', async () => {
    const { principals, learn, asked } = setUp({ max: 2 });
    for (const name of ['a', 'b', 'c']) await learn(name, principal(name));
    expect(principals.size).toBe(2);
    void principals.resolve(credential('a'));
    expect(asked).toHaveLength(4);
    for (const name of ['a', 'b', 'c']) principals.forget(name);
    expect(principals.size).toBe(0);
  });

  test('are looked up every time when the time is 0', async () => {
    const { learn, asked, principals } = setUp({ ttlMs: 0 });
    await learn('a', principal('ann'));
    await learn('a', principal('ann'));
    expect(asked).toHaveLength(2);
    expect(principals.size).toBe(0);
  });
});
