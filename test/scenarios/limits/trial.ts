import { expect } from 'bun:test';
import type { ConfigInput } from '../../../src/config.ts';
import type { Answer, Door, Person } from '../../support/person.ts';
import type { Scene } from '../../support/scenario.ts';

export type Key = keyof ConfigInput;
/** What is said of a limit, the settings it is tried with (its own and its company), and the trial at the limit and one beyond. */
export type Trial = { says: string; config: ConfigInput; door?: Door; run(scene: Scene, limit: number): Promise<void> };
export type Trials = Partial<Record<Key, Trial>>;

export async function two({ server }: Scene): Promise<{ ann: Person; ben: Person; conversationId: string }> {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  return { ann, ben, conversationId };
}

export function expectRefused(answer: Answer, path: string, limit: number): void {
  expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_input', details: [{ path, limit }] } });
}

/** Resolves at the next call of a method that fits; what it does stays the same. */
export function called(of: any, name: string, fits: (...args: any[]) => boolean = () => true): Promise<void> {
  const original = of[name];
  const { promise, resolve } = Promise.withResolvers<void>();
  of[name] = (...args: unknown[]) => {
    if (fits(...args)) {
      of[name] = original;
      resolve();
    }
    return original(...args);
  };
  return promise;
}
