import { expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { commitMarks } from '../../src/features/receipts/mark.ts';
import { newId } from '../../src/lib/id.ts';
import type { Mark, Marked } from '../../src/kernel/ports.ts';
import { at, draftOf, memberRows, putConversation, upTo } from '../support/rows.ts';
import { openTestStore } from '../support/migrated.ts';
import { holdConversation, somebodyWaits, stores } from '../support/store.ts';

stores('Marks', (bench) => {
  const commit = (marks: Mark[]): Promise<Marked[]> => bench.store.tx((db) => commitMarks(db, bench.store.tables, marks));
  const everything = Number.MAX_SAFE_INTEGER;

  test('move forward, never back, and never beyond the newest message', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann', readSeq: 2, deliveredSeq: 4 }], { lastSeq: 6 });
    const steps: [Partial<Mark>, [number, number, boolean]][] = [
      [{ readSeq: 1, deliveredSeq: 1 }, [2, 4, false]],
      [{ readSeq: 3, deliveredSeq: 3 }, [3, 4, true]],
      [{ readSeq: 0, deliveredSeq: 5 }, [3, 5, true]],
      [{ readSeq: 0, deliveredSeq: 5 }, [3, 5, false]],
      [{ readSeq: 7, deliveredSeq: 7 }, [6, 6, true]],
      [{ readSeq: everything, deliveredSeq: everything }, [6, 6, false]],
    ];
    for (const [mark, [readSeq, deliveredSeq, moved]] of steps) {
      expect(await commit([{ conversationId: id, userId: 'ann', readSeq: 0, deliveredSeq: 0, ...mark }])).toEqual([
        {
          conversationId: id,
          userId: 'ann',
          orgId: 'org',
          readSeq,
          deliveredSeq,
          lastSeq: 6,
          notifiedSeq: 0,
          blocked: false,
          moved,
          notified: false,
        } as Marked,
      ]);
    }
  });

  test('of many people in many conversations are answered each with its own, and null to whoever is no member', async () => {
    const people = ['ann', 'ben', 'cem'];
    const ids = await Promise.all(
      [3, 5].map((lastSeq) => putConversation(bench.store, [...people.map((userId) => ({ userId })), { userId: 'left', leftAt: 1 }], { lastSeq })),
    );
    const wanted = [...people, 'left', 'eve'].flatMap((userId, i) =>
      [...ids, newId()].map((conversationId) => ({ conversationId, userId, readSeq: i + 1, deliveredSeq: everything })),
    );
    const marked = await commit(wanted);
    const expected = wanted.map(({ conversationId, userId, readSeq }) => {
      const lastSeq = [3, 5][ids.indexOf(conversationId)];
      return people.includes(userId) && lastSeq ? { readSeq: Math.min(readSeq, lastSeq), deliveredSeq: lastSeq, lastSeq, moved: true } : null;
    });
    expect(marked.map((one) => one && { readSeq: one.readSeq, deliveredSeq: one.deliveredSeq, lastSeq: one.lastSeq, moved: one.moved })).toEqual(
      expected,
    );
  });

  test('do not move back where the conversation advanced while they waited', async () => {
    const { conversation, conversationMember } = bench.store.tables;
    const id = await putConversation(bench.store, [{ userId: 'ann', readSeq: 5, deliveredSeq: 9 }], { lastSeq: 9 });
    const held = await holdConversation(bench.store, id, undefined, async (db) => {
      await db.update(conversation).set({ lastSeq: 10 }).where(eq(conversation.id, id));
      await db.update(conversationMember).set({ deliveredSeq: 10 }).where(eq(conversationMember.conversationId, id));
    });
    // Another process has not seen the tenth message yet when it begins.
    const other = bench.dialect === 'postgres' ? await openTestStore(bench.database.url) : bench.store;
    const marked = other.tx((db) =>
      commitMarks(db, other.tables, [{ conversationId: id, userId: 'ann', readSeq: everything, deliveredSeq: everything }]),
    );
    await somebodyWaits(bench.store);
    await held.commit();
    await marked;
    const [ann] = await memberRows(bench.store, id);
    expect(ann?.deliveredSeq).toBe(10);
    if (other !== bench.store) await other.close();
  });

  // Found by the fuzzer: a send of one's own that committed meanwhile made one message less than none unread.
  test('count from what the own send had reached while they waited', async () => {
    const { conversation, conversationMember } = bench.store.tables;
    const id = await putConversation(bench.store, [{ userId: 'ann', readSeq: 9, deliveredSeq: 9 }], { lastSeq: 9 });
    const held = await holdConversation(bench.store, id, undefined, async (db) => {
      await db.update(conversation).set({ lastSeq: 10 }).where(eq(conversation.id, id));
      await db.update(conversationMember).set({ readSeq: 10, deliveredSeq: 10 }).where(eq(conversationMember.conversationId, id));
    });
    const other = bench.dialect === 'postgres' ? await openTestStore(bench.database.url) : bench.store;
    const marked = other.tx((db) => commitMarks(db, other.tables, [{ conversationId: id, userId: 'ann', readSeq: 0, deliveredSeq: 3 }]));
    await somebodyWaits(bench.store);
    await held.commit();
    expect(await marked).toMatchObject([{ readSeq: 10, deliveredSeq: 10, lastSeq: 10, moved: false }]);
    if (other !== bench.store) await other.close();
  });

  if (bench.dialect === 'postgres')
    test('do not deadlock with sends of the same people', async () => {
      const own = await openTestStore(bench.database.url, { poolMax: 4 });
      const people = upTo(20).map((n) => `person ${n}`);
      const ids = await Promise.all(
        upTo(5).map(() =>
          putConversation(
            own,
            people.map((userId) => ({ userId })),
          ),
        ),
      );
      const pairs = ids.flatMap((conversationId) => people.map((userId) => ({ conversationId, userId })));
      for (let round = 0; round < 20; round++) {
        // Each in an order of its own, as people come.
        const [marking, sending] = [pairs.toSorted(byHashOf(`m${round}`)), pairs.toSorted(byHashOf(`s${round}`))];
        await Promise.all([
          own.append(
            sending.map(({ conversationId, userId }) => draftOf(conversationId, userId)),
            at(1),
          ),
          own.tx((db) =>
            commitMarks(
              db,
              own.tables,
              marking.map((pair) => ({ ...pair, readSeq: everything, deliveredSeq: everything })),
            ),
          ),
        ]);
      }
      await own.close();
      expect(await deadlocks()).toBe(0);
    }, 60_000);

  /** A connection tells what it counted when it ends. */
  async function deadlocks(): Promise<number> {
    const { read } = bench.store;
    for (;;) {
      const [others] = await read
        .select({ count: sql<number>`count(*)`.mapWith(Number) })
        .from(sql`pg_stat_activity`)
        .where(sql`datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`);
      const [row] = await read
        .select({ count: sql<number>`deadlocks`.mapWith(Number) })
        .from(sql`pg_stat_database`)
        .where(sql`datname = current_database()`);
      if (others?.count === 0 && row) return row.count;
    }
  }
});

/** A shuffle that a run can repeat. */
const byHashOf =
  (salt: string) =>
  (a: object, b: object): number =>
    Number(Bun.hash(salt + JSON.stringify(a)) - Bun.hash(salt + JSON.stringify(b)));
