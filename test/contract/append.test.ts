import { expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import type { Appended, Draft } from '../../src/db/append.ts';
import type { Db } from '../../src/db/store.ts';
import { conversationPolicy } from '../../src/kernel/policy.ts';
import { newId } from '../../src/lib/id.ts';
import { at, conversationRow, draftOf, memberRows, messageRows, putConversation, upTo } from '../support/rows.ts';
import { openTestStore } from '../support/migrated.ts';
import { holdConversation, somebodyWaits, stores } from '../support/store.ts';

const outcomesOf = (appended: Appended[]): string[] => appended.map((one) => one.outcome);

stores('append', (bench) => {
  test('numbers without holes under concurrent batches, refusals and repeats between them', async () => {
    const people = ['ann', 'ben', 'cem'];
    const ids = await Promise.all(
      upTo(4).map(() =>
        putConversation(
          bench.store,
          people.map((userId) => ({ userId })),
          { rev: 7 },
        ),
      ),
    );
    const batches = upTo(24).map((batch): Draft[] =>
      upTo(1 + (batch % 7)).flatMap((n) =>
        ids.flatMap((id, i) => {
          const sender = people[(batch + n + i) % 3] ?? '';
          const stranger = draftOf(id, 'eve');
          // Every second batch sends what the one before it sent.
          const named = draftOf(id, sender, `${Math.ceil(batch / 2)}.${n}.${sender}`);
          return n % 3 === 0 ? [stranger, named] : [named];
        }),
      ),
    );
    const answers = await Promise.all(batches.map((drafts) => bench.store.append(drafts, at(5))));
    for (const id of ids) {
      const rows = await messageRows(bench.store, id);
      expect(rows.map((row) => row.seq)).toEqual(upTo(rows.length));
      expect(rows.map((row) => row.rev)).toEqual(upTo(rows.length).map((seq) => seq + 7));
      expect(await conversationRow(bench.store, id)).toMatchObject({ lastSeq: rows.length, rev: rows.length + 7, lastMessageAt: 5 });
      expect(new Set(rows.map((row) => `${row.senderId} ${row.clientId}`)).size).toBe(rows.length);
    }
    const stored = new Map(
      (await Promise.all(ids.map((id) => messageRows(bench.store, id))))
        .flat()
        .map((row) => [`${row.conversationId} ${row.senderId} ${row.clientId}`, row]),
    );
    batches.flat().forEach((draft, i) => {
      const appended = answers.flat()[i];
      const row = stored.get(`${draft.conversationId} ${draft.senderId} ${draft.clientId}`);
      if (draft.senderId === 'eve') expect([appended, row]).toEqual([{ outcome: 'refused' }, undefined]);
      else if (appended?.outcome === 'stored')
        expect(row).toMatchObject({ id: draft.id, seq: appended.seq, rev: appended.rev, orgId: appended.orgId });
      else expect(appended).toEqual({ outcome: 'repeated', id: row?.id ?? '', fingerprint: draft.fingerprint });
    });
  });

  test('keeps the order of the batch in each conversation', async () => {
    const [one, two] = await Promise.all([
      putConversation(bench.store, [{ userId: 'ann' }, { userId: 'ben' }]),
      putConversation(bench.store, [{ userId: 'ann' }]),
    ]);
    const drafts = [draftOf(one, 'ben'), draftOf(two, 'ann'), draftOf(one, 'ann'), draftOf(one, 'ben'), draftOf(two, 'ann')];
    const appended = await bench.store.append(drafts, at(1));
    expect(appended.map((outcome) => outcome.outcome === 'stored' && [outcome.id, outcome.seq])).toEqual([
      [drafts[0]?.id ?? '', 1],
      [drafts[1]?.id ?? '', 1],
      [drafts[2]?.id ?? '', 2],
      [drafts[3]?.id ?? '', 3],
      [drafts[4]?.id ?? '', 2],
    ]);
  });

  test('refuses whoever may not post, and stores nothing of theirs', async () => {
    const members = [{ userId: 'ann' }, { userId: 'left', leftAt: 1 }, { userId: 'observer', role: 'observer' as const }];
    const open = await putConversation(bench.store, members);
    const closed = await putConversation(bench.store, members, { status: 'closed' });
    const quiet = await putConversation(bench.store, members, { posting: 'admins' });
    const drafts = [
      draftOf(open, 'eve'),
      draftOf(open, 'left'),
      draftOf(open, 'observer'),
      draftOf(closed, 'ann'),
      draftOf(quiet, 'ann'),
      draftOf(newId(), 'ann'),
    ];
    expect(outcomesOf(await bench.store.append(drafts, at(1)))).toEqual(drafts.map(() => 'refused'));
    for (const id of [open, closed, quiet])
      expect([await messageRows(bench.store, id), await conversationRow(bench.store, id)]).toMatchObject([
        [],
        { lastSeq: 0, rev: 0, lastMessageAt: null },
      ]);
  });

  test('answers a repeat with the first message, also from whoever may not post any more', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann' }]);
    const first = draftOf(id, 'ann', 'same');
    await bench.store.append([first], at(1));
    expect(await bench.store.append([draftOf(id, 'ann', 'same', { content: 'other', fingerprint: 'other' })], at(2))).toEqual([
      { outcome: 'repeated', id: first.id, fingerprint: 'fp-same' },
    ]);
    await bench.store.tx(
      async (db) =>
        void (await db.update(bench.store.tables.conversation).set({ status: 'closed' }).where(eq(bench.store.tables.conversation.id, id))),
    );
    await bench.store.tx(
      async (db) => void (await db.update(bench.store.tables.message).set({ fingerprint: null }).where(eq(bench.store.tables.message.id, first.id))),
    );
    expect(await bench.store.append([draftOf(id, 'ann', 'same')], at(3))).toEqual([{ outcome: 'repeated', id: first.id, fingerprint: null }]);
    expect(await messageRows(bench.store, id)).toMatchObject([{ content: first.content, createdAt: 1, seq: 1 }]);
    expect(await conversationRow(bench.store, id)).toMatchObject({ lastSeq: 1, rev: 1, lastMessageAt: 1 });
  });

  test("moves the sender's own marks and nobody else's", async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann' }, { userId: 'ben' }, { userId: 'cem' }]);
    await bench.store.append([draftOf(id, 'ann'), draftOf(id, 'ben'), draftOf(id, 'ann'), draftOf(id, 'eve')], at(1));
    expect(await memberRows(bench.store, id)).toMatchObject([
      { userId: 'ann', readSeq: 3, deliveredSeq: 3 },
      { userId: 'ben', readSeq: 2, deliveredSeq: 2 },
      { userId: 'cem', readSeq: 0, deliveredSeq: 0 },
    ]);
  });

  test('calls `committed` once with every outcome, before it resolves', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann' }]);
    const calls: unknown[] = [];
    const drafts = [draftOf(id, 'ann'), draftOf(id, 'eve')];
    await bench.store.append(drafts, at(1), (outcomes) => void calls.push(outcomesOf(outcomes))).then(() => calls.push('resolved'));
    expect(calls).toEqual([['stored', 'refused'], 'resolved']);
  });

  test('says exactly what the policy says, for every role, setting and status', async () => {
    const roles = ['owner', 'admin', 'member', 'observer'] as const;
    const wrong: unknown[] = [];
    for (const kind of ['direct', 'group', 'support'] as const) {
      for (const posting of ['members', 'admins'] as const) {
        for (const status of ['open', 'closed'] as const) {
          const members = roles.flatMap((role) =>
            [null, 1].flatMap((leftAt) => [false, true].map((blocked) => ({ userId: `${role} ${leftAt} ${blocked}`, role, leftAt, blocked }))),
          );
          const id = await putConversation(bench.store, members, { kind, posting, status });
          const appended = await bench.store.append(
            members.map(({ userId }) => draftOf(id, userId)),
            at(1),
          );
          members.forEach(({ role, leftAt, blocked }, i) => {
            const may =
              leftAt === null &&
              conversationPolicy.post(
                { kind, status, posting, inviting: 'members', pinning: 'members', mentioningAll: 'members' },
                { role, blocked },
              );
            if ((appended[i]?.outcome === 'stored') !== may) wrong.push({ kind, posting, status, role, leftAt, blocked, appended: appended[i], may });
          });
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('sees a removal, a closing and a change of rights that commit while it waits', async () => {
    const { conversation, conversationMember } = bench.store.tables;
    const changes: Record<string, (db: Db, id: string) => Promise<unknown>> = {
      removal: (db, id) => db.update(conversationMember).set({ leftAt: 1 }).where(eq(conversationMember.conversationId, id)),
      closing: (db, id) => db.update(conversation).set({ status: 'closed' }).where(eq(conversation.id, id)),
      'posting for admins': (db, id) => db.update(conversation).set({ posting: 'admins' }).where(eq(conversation.id, id)),
      demotion: (db, id) => db.update(conversationMember).set({ role: 'observer' }).where(eq(conversationMember.conversationId, id)),
    };
    for (const [what, change] of Object.entries(changes)) {
      const id = await putConversation(bench.store, [{ userId: 'ann' }]);
      const held = await holdConversation(bench.store, id, () => undefined, change);
      const appended = bench.store.append([draftOf(id, 'ann')], at(1));
      await somebodyWaits(bench.store);
      await held.commit();
      expect([what, outcomesOf(await appended), (await messageRows(bench.store, id)).length]).toEqual([what, ['refused'], 0]);
    }
  });

  test('an answer knows that what it quotes was deleted, also by what it waited for', async () => {
    const { store } = bench;
    const { message } = store.tables;
    const id = await putConversation(store, [{ userId: 'ann' }]);
    const [kept, gone] = [draftOf(id, 'ann'), draftOf(id, 'ann')];
    await store.append([kept, gone], at(1));
    const held = await holdConversation(
      store,
      id,
      () => undefined,
      async (db) => void (await db.update(message).set({ deletedAt: 6, content: '' }).where(eq(message.id, gone.id))),
    );
    const answered = store.append([draftOf(id, 'ann', 'x', { replyToId: gone.id }), draftOf(id, 'ann', 'y', { replyToId: kept.id })], at(7));
    await somebodyWaits(store);
    await held.commit();
    expect((await answered).map((one) => one.outcome === 'stored' && one.quoteDeletedAt)).toEqual([6, null]);
  });

  test('a reply in a thread is two changes: the reply, then the message that it hangs under', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann' }, { userId: 'ben' }]);
    const root = draftOf(id, 'ann');
    await bench.store.append([root], at(1));
    const under = (sender: string) => draftOf(id, sender, undefined, { threadId: root.id });
    const outcomes = await bench.store.append([under('ben'), draftOf(id, 'ann'), under('ann'), under('ben')], at(7));
    const told = outcomes.map((one) => one.outcome === 'stored' && [one.seq, one.rev, one.thread]);
    expect(told).toEqual([
      [2, 2, { rev: 3, replyCount: 1 }],
      [3, 4, null],
      [4, 5, { rev: 6, replyCount: 2 }],
      [5, 7, { rev: 8, replyCount: 3 }],
    ]);
    expect((await messageRows(bench.store, id))[0]).toMatchObject({ id: root.id, rev: 8, replyCount: 3, lastReplyAt: 7 });
    expect(await conversationRow(bench.store, id)).toMatchObject({ lastSeq: 5, rev: 8 });
    const { threadRead } = bench.store.tables;
    const marks = await bench.store.read.select().from(threadRead).where(eq(threadRead.threadId, root.id));
    expect(marks.map((mark) => [mark.userId, mark.readSeq]).sort()).toEqual([
      ['ann', 4],
      ['ben', 5],
    ]);
    expect(await bench.store.append([under('ann')], at(8))).toMatchObject([
      { outcome: 'stored', seq: 6, rev: 9, thread: { rev: 10, replyCount: 4 } },
    ]);
  });

  test('slow mode lets members send once in so many seconds, in one batch as well; admins are free', async () => {
    const members = [{ userId: 'ann', role: 'admin' as const }, { userId: 'ben' }];
    const id = await putConversation(bench.store, members, { slowModeSeconds: 10 });
    const send = async (sender: string, time: number, count = 1) =>
      outcomesOf(
        await bench.store.append(
          upTo(count).map(() => draftOf(id, sender)),
          at(time),
        ),
      );
    expect(await send('ben', 20_000, 2)).toEqual(['stored', 'refused']);
    expect(await send('ben', 29_999)).toEqual(['refused']);
    expect(await send('ann', 29_999, 2)).toEqual(['stored', 'stored']);
    expect(await send('ben', 30_000)).toEqual(['stored']);
    expect((await messageRows(bench.store, id)).map((row) => row.seq)).toEqual([1, 2, 3, 4]);
  });

  test('nobody posts to whom it is blocked', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann', blocked: true }, { userId: 'ben' }]);
    expect(outcomesOf(await bench.store.append([draftOf(id, 'ann'), draftOf(id, 'ben')], at(1)))).toEqual(['refused', 'stored']);
  });

  test('with the messages commits a job that names them; refusals and repeats cause none', async () => {
    const { outbox } = bench.store.tables;
    const jobs = () => bench.store.read.select().from(outbox).where(eq(outbox.dueAt, 4711));
    const [here, there] = await Promise.all(upTo(2).map(() => putConversation(bench.store, [{ userId: 'ann' }])));
    const drafts = [draftOf(here ?? '', 'ann'), draftOf(there ?? '', 'ann'), draftOf(here ?? '', 'ann'), draftOf(here ?? '', 'eve')];
    await bench.store.append(drafts, { createdAt: 5, jobDueAt: 4711 });
    const [job, ...more] = await jobs();
    expect([job?.kind, job?.createdAt, more]).toEqual(['message.stored', 5, []]);
    const { spans } = (job?.payload ?? { spans: [] }) as { spans: { conversationId: string }[] };
    expect(spans.sort((a, b) => (a.conversationId < b.conversationId ? -1 : 1))).toEqual(
      [
        { conversationId: here ?? '', first: 1, last: 2 },
        { conversationId: there ?? '', first: 1, last: 1 },
      ].sort((a, b) => (a.conversationId < b.conversationId ? -1 : 1)),
    );
    await bench.store.append(drafts, { createdAt: 6, jobDueAt: 4711 });
    expect(await jobs()).toHaveLength(1);
  });

  // One process has one database file to itself; a database server has many processes.
  test('refuses a sender who may not act in the organisation at this moment, though they are still a member', async () => {
    const id = await putConversation(bench.store, [{ userId: 'ann' }]);
    const outcomes = await bench.store.append(
      [
        draftOf(id, 'ann', 'a', { orgIds: ['elsewhere'] }),
        draftOf(id, 'ann', 'b', { orgIds: [] }),
        draftOf(id, 'ann', 'c', { orgIds: ['elsewhere', 'org'] }),
      ],
      at(1),
    );
    expect(outcomes.map((appended) => appended.outcome)).toEqual(['refused', 'refused', 'stored']);
  });

  if (bench.dialect === 'postgres')
    test('two processes that send the same clientIds at once store each message once', async () => {
      const other = await openTestStore(bench.database.url);
      const id = await putConversation(bench.store, [{ userId: 'ann' }, { userId: 'ben' }]);
      for (let round = 0; round < 20; round++) {
        const draft = (n: number): Draft => draftOf(id, n % 2 === 0 ? 'ann' : 'ben', `${round} ${n}`);
        const [here, there] = await Promise.all([bench.store.append(upTo(8).map(draft), at(1)), other.append(upTo(8).reverse().map(draft), at(2))]);
        const answers = here.map((mine, i) => [mine, there[7 - i]]);
        for (const pair of answers) {
          expect(pair.map((one) => one?.outcome).sort()).toEqual(['repeated', 'stored']);
          expect(new Set(pair.map((one) => one && 'id' in one && one.id)).size).toBe(1);
        }
      }
      const rows = await messageRows(bench.store, id);
      expect([rows.map((row) => row.seq), rows.map((row) => row.rev), (await conversationRow(bench.store, id)).lastSeq]).toEqual([
        upTo(160),
        upTo(160),
        160,
      ]);
      await other.close();
    });
});
