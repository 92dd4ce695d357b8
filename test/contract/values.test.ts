import { expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { newId } from '../../src/lib/id.ts';
import { at, conversationRow, draftOf, memberRows, messageRows, putConversation } from '../support/rows.ts';
import { stores } from '../support/store.ts';

stores('Values', (bench) => {
  const long = `${'é'.repeat(30_000)}${'😀'.repeat(30_000)}`;
  const texts = [
    'plain',
    'NULL',
    'null',
    '',
    ' ',
    '"',
    "'",
    '\\',
    '\\N',
    '{}',
    '{a,b}',
    ',',
    'a\tb\r\nc',
    '\u0001\u007f',
    '😀👩‍👩‍👧‍👦🇩🇪',
    'ا‏ب',
    '\u2028',
    '$1 ? :x',
    long,
  ];

  test('texts come back as they went, through append and through tx', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann' }]);
    const names = texts.map((content, i) => `${i} ${Array.from(content).slice(0, 9).join('')}`);
    await bench.store.append(
      texts.map((content, i) => draftOf(id, 'ann', names[i], { content, fingerprint: names[i] ?? '' })),
      at(1),
    );
    const rows = await messageRows(bench.store, id);
    expect(rows.map((row) => row.content)).toEqual(texts);
    expect(rows.map((row) => row.clientId)).toEqual(names);
    expect(rows.map((row) => row.fingerprint)).toEqual(names);
    expect(rows.every((row) => row.replyToId === null)).toBe(true);
    for (const description of texts)
      expect(await conversationRow(bench.store, await putConversation(bench.store, [], { description }))).toMatchObject({ description });
  });

  test('JSON keeps its keys, their order and its numbers', async () => {
    const metadata = {
      z: 1,
      a: [null, true, 'x', { '2': 0, '10': 0.1, b: -1.5e-9 }],
      '': '',
      'ключ 😀': '\u0000\ud800',
      nested: { y: {}, x: [] },
      big: Number.MAX_SAFE_INTEGER,
      quote: '"\\',
    };
    const id = await putConversation(bench.store, [{ userId: 'ann' }], { metadata });
    await bench.store.append([draftOf(id, 'ann', 'a', { metadata }), draftOf(id, 'ann', 'b')], at(1));
    const [first, second] = await messageRows(bench.store, id);
    const expected = JSON.stringify(metadata);
    expect([JSON.stringify(first?.metadata), JSON.stringify((await conversationRow(bench.store, id)).metadata), second?.metadata]).toEqual([
      expected,
      expected,
      {},
    ]);
  });

  test('whole numbers up to 2^53 stay numbers', async () => {
    const numbers = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 8_640_000_000_000_000, Number.MAX_SAFE_INTEGER];
    for (const number of numbers) {
      const id = await putConversation(bench.store, [{ userId: 'ann', readSeq: number, mutedUntil: number }], {
        lastMessageAt: number,
        lastSeq: number,
      });
      expect([await conversationRow(bench.store, id), await memberRows(bench.store, id)]).toMatchObject([
        { lastMessageAt: number, lastSeq: number },
        [{ readSeq: number, mutedUntil: number }],
      ]);
    }
    const high = 2 ** 52;
    const id = await putConversation(bench.store, [{ userId: 'ann' }], { lastSeq: high, rev: high + 1 });
    expect(await bench.store.append([draftOf(id, 'ann'), draftOf(id, 'ann')], at(Number.MAX_SAFE_INTEGER))).toMatchObject([
      { seq: high + 1, rev: high + 2 },
      { seq: high + 2, rev: high + 3 },
    ]);
    expect(await messageRows(bench.store, id)).toMatchObject([
      { seq: high + 1, createdAt: Number.MAX_SAFE_INTEGER },
      { seq: high + 2, rev: high + 3 },
    ]);
  });

  test('flags, dates and absent values keep their types', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann', pinned: true }]);
    expect(await memberRows(bench.store, id)).toMatchObject([{ pinned: true, archived: false, mutedUntil: null, leftAt: null }]);
    const at = new Date('2026-02-03T04:05:06.789Z');
    const userId = newId();
    await bench.store.tx(
      async (db) =>
        void (await db
          .insert(bench.store.tables.user)
          .values({ id: userId, name: 'Ann', email: `${userId}@example.com`, createdAt: at, updatedAt: at })),
    );
    const [person] = await bench.store.read.select().from(bench.store.tables.user).where(eq(bench.store.tables.user.id, userId));
    expect(person).toMatchObject({ createdAt: at, hideReceipts: false, image: null });
  });
});
