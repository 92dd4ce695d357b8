import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { isUniqueViolation } from '../../src/db/errors.ts';
import type { Db } from '../../src/db/store.ts';
import { newId } from '../../src/lib/id.ts';
import { createDatabase } from '../support/database.ts';
import { at, draftOf, messageRows, putConversation, upTo } from '../support/rows.ts';
import { openTestStore } from '../support/migrated.ts';
import { stores } from '../support/store.ts';

stores('The store', (bench) => {
  const put = async (db: Db, key: string, value = 'x'): Promise<void> => void (await db.insert(bench.store.tables.setting).values({ key, value }));
  const kept = async (prefix: string): Promise<string[]> => {
    const { setting } = bench.store.tables;
    const rows = await bench.store.read
      .select()
      .from(setting)
      .where(sql`${setting.key} like ${`${prefix}%`}`);
    return rows.map((row) => row.key.slice(prefix.length)).sort();
  };
  const advance = async (db: Db, id: string): Promise<number> => {
    const { conversation } = bench.store.tables;
    const [row] = await db
      .update(conversation)
      .set({ rev: sql`${conversation.rev} + 1` })
      .where(eq(conversation.id, id))
      .returning();
    return row?.rev ?? 0;
  };
  const prefix = (): string => `${newId()}:`;

  describe('tx', () => {
    test('keeps everything once it has resolved', async () => {
      const at = prefix();
      const answer = await bench.store.tx(async (db) => {
        await put(db, `${at}1`);
        await put(db, `${at}2`);
        return 'done';
      });
      expect([answer, await kept(at)]).toEqual(['done', ['1', '2']]);
    });

    test('keeps nothing when it throws, at once or after an await', async () => {
      const at = prefix();
      const thrown = new Error('changed my mind');
      const before = bench.store.tx(async (db) => {
        void db;
        throw thrown;
      });
      const after = bench.store.tx(async (db) => {
        await put(db, `${at}1`);
        await null;
        await put(db, `${at}2`);
        await null;
        throw thrown;
      });
      expect(await Promise.allSettled([before, after])).toEqual([
        { status: 'rejected', reason: thrown },
        { status: 'rejected', reason: thrown },
      ]);
      expect(await kept(at)).toEqual([]);
    });

    test('keeps nothing when a statement in the middle fails, and says that a key was taken', async () => {
      const at = prefix();
      const failed = await bench.store
        .tx(async (db) => {
          await put(db, `${at}1`);
          await put(db, `${at}1`);
          await put(db, `${at}2`);
        })
        .catch((error: unknown) => error);
      expect(isUniqueViolation(failed)).toBe(true);
      expect(await kept(at)).toEqual([]);
    });

    test('never resolves over a failed statement, even where the caller swallowed the failure', async () => {
      const at = prefix();
      const outcome = await bench.store
        .tx(async (db) => {
          await put(db, `${at}1`);
          await put(db, `${at}1`).catch(() => undefined);
          return 'resolved';
        })
        .catch(() => 'rejected');
      expect([outcome, await kept(at)]).toEqual(['rejected', []]);
    });

    test('keeps two that interleave their awaits apart', async () => {
      const at = prefix();
      const writing = async (db: Db, name: string): Promise<void> => {
        for (const n of [1, 2, 3]) {
          await put(db, `${at}${name}${n}`);
          await null;
        }
      };
      const settled = await Promise.allSettled([
        bench.store.tx((db) => writing(db, 'a')),
        bench.store.tx(async (db) => {
          await writing(db, 'b');
          throw new Error('not b');
        }),
        bench.store.tx((db) => writing(db, 'c')),
      ]);
      expect(settled.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await kept(at)).toEqual(['a1', 'a2', 'a3', 'c1', 'c2', 'c3']);
    });

    test('hides what is not committed from reads', async () => {
      const at = prefix();
      const seen: string[][] = [];
      await bench.store.tx(async (db) => {
        await put(db, `${at}1`);
        seen.push(await kept(at));
      });
      seen.push(await kept(at));
      expect(seen).toEqual([[], ['1']]);
    });

    test('sees its own writes', async () => {
      const at = prefix();
      const { setting } = bench.store.tables;
      const seen = await bench.store.tx(async (db) => {
        await put(db, `${at}1`, 'mine');
        return db
          .select()
          .from(setting)
          .where(eq(setting.key, `${at}1`));
      });
      expect(seen).toEqual([{ key: `${at}1`, value: 'mine' }]);
    });

    test('leaves the neighbours of a failed one alone, whoever they are', async () => {
      const at = prefix();
      const conversationId = await putConversation(bench.store, [{ userId: 'ann' }]);
      const names = upTo(30).map(String);
      const jobs = names.map((name, i) =>
        bench.store.tx(async (db) => {
          await put(db, `${at}${name}`);
          if (i % 3 === 1) await put(db, `${at}${name}`);
          if (i % 3 === 2) throw new Error('no');
        }),
      );
      const appended = bench.store.append([draftOf(conversationId, 'ann')], { createdAt: 1, jobDueAt: 1 });
      const settled = await Promise.allSettled(jobs);
      expect(settled.map((one) => one.status)).toEqual(names.map((_, i) => (i % 3 === 0 ? 'fulfilled' : 'rejected')));
      expect(await kept(at)).toEqual(names.filter((_, i) => i % 3 === 0).sort());
      expect(await appended).toMatchObject([{ outcome: 'stored' }]);
    });

    test('gives numbers out one after another', async () => {
      const id = await putConversation(bench.store);
      const revs = await Promise.all(upTo(50).map(() => bench.store.tx((db) => advance(db, id))));
      expect(revs.sort((a, b) => a - b)).toEqual(upTo(50));
    });
  });

  describe('committed', () => {
    test('is called once, with what is on disk, before the promise resolves', async () => {
      const at = prefix();
      const calls: string[] = [];
      let atCommit: Promise<string[]> | null = null;
      const answer = await bench.store
        .tx(
          async (db) => {
            await put(db, `${at}1`);
            return 'value';
          },
          (value) => {
            calls.push(`committed ${value}`);
            atCommit = kept(at);
          },
        )
        .then((value) => (calls.push('resolved'), value));
      expect([answer, calls, await atCommit]).toEqual(['value', ['committed value', 'resolved'], ['1']]);
    });

    test('is not called for what failed', async () => {
      const at = prefix();
      const calls: unknown[] = [];
      const committed = (): void => void calls.push('tx');
      const jobs = [
        bench.store.tx(async () => {
          throw new Error('no');
        }, committed),
        bench.store.tx(async (db) => {
          await put(db, `${at}1`);
          await put(db, `${at}1`);
        }, committed),
      ];
      await Promise.allSettled(jobs);
      expect(calls).toEqual([]);
    });

    // Several connections answer in no promised order; test/scenarios/order.test.ts shows that events leave in order all the same.
    if (bench.dialect === 'sqlite')
      test('is called in the order of the commits, for transactions and appends alike', async () => {
        const id = await putConversation(bench.store, [{ userId: 'ann' }]);
        const order: number[] = [];
        const answered: number[] = [];
        const one = (n: number): Promise<unknown> =>
          n % 2 === 0
            ? bench.store
                .tx(
                  (db) => advance(db, id),
                  (rev) => void order.push(rev),
                )
                .then((rev) => answered.push(rev))
            : bench.store.append([draftOf(id, 'ann')], at(1), ([appended]) => void (appended?.outcome === 'stored' && order.push(appended.rev)));
        for (let round = 0; round < 80; round++) await Promise.all(upTo(10).map(one));
        expect(order).toEqual(upTo(800));
        expect([...answered].sort((a, b) => a - b)).toEqual([...order].filter((rev) => answered.includes(rev)));
      });
  });

  test('close finishes what was begun and refuses what comes after', async () => {
    const own = await createDatabase(bench.dialect);
    const first = await openTestStore(own.url);
    const id = await putConversation(first, [{ userId: 'ann' }]);
    const begun = upTo(10).map((n) => first.append([draftOf(id, 'ann', `${n}`)], at(1)));
    await Promise.all([first.close(), ...begun]);
    await expect(first.tx(async () => undefined)).rejects.toThrow();
    await expect(first.append([draftOf(id, 'ann')], at(1))).rejects.toThrow();
    const second = await openTestStore(own.url);
    expect((await messageRows(second, id)).map((row) => row.seq)).toEqual(upTo(10));
    await second.close();
    await own.drop();
  });
});
