import { expect, test } from 'bun:test';
import { createReplies } from '../../src/realtime/replies.ts';
import type { Session } from '../../src/realtime/session.ts';

type Fake = { session: Session; writes: string[][] };

/** A session that keeps what was written to its socket, one list for each write. */
function fake(): Fake {
  const writes: string[][] = [];
  const socket = {
    cork(write: () => void) {
      writes.push([]);
      write();
    },
    sendText: (text: string) => writes.at(-1)?.push(text),
  };
  // Of a session only these two are looked at.
  return { session: { socket, closing: null } as unknown as Session, writes };
}

const answer = (re: number) => ({ re, ok: true as const, data: {} });
const text = (re: number): string => JSON.stringify(answer(re));

test('answers of one moment go out in one write for each socket, in order', async () => {
  const reply = createReplies();
  const [ada, ben] = [fake(), fake()];
  for (const re of [1, 2, 3]) reply(ada.session, answer(re));
  reply(ben.session, answer(9));
  await null;
  expect(ada.writes).toEqual([[text(1), text(2), text(3)]]);
  expect(ben.writes).toEqual([[text(9)]]);

  reply(ada.session, answer(4));
  await null;
  expect(ada.writes).toEqual([[text(1), text(2), text(3)], [text(4)]]);
});

test('a socket that was closed meanwhile is told nothing', async () => {
  const reply = createReplies();
  const { session, writes } = fake();
  reply(session, answer(1));
  session.closing = { code: 4010, reason: '' };
  await null;
  expect(writes).toEqual([]);
});
