import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function two({ server }: Scene, messages = 3) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  for (let n = 1; n <= messages; n++) await ann.must('message.send', { conversationId, content: `${n}` });
  return { ann, ben, conversationId: conversationId as string };
}

scenarios('Receipts and unread', (scenario) => {
  scenario('marks move forward only, never beyond the newest message, and are announced when they move', async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    const [hers, his] = [await ann.connect(), await ben.connect()];
    const mark = (name: string, seq?: number) => ben.must(name, { conversationId, ...(seq !== undefined && { seq }) }, scene.door);
    expect(await mark('delivered.mark', 2)).toEqual({ conversationId, readSeq: 0, deliveredSeq: 2, unread: 3 });
    expect(await mark('read.mark', 1)).toEqual({ conversationId, readSeq: 1, deliveredSeq: 2, unread: 2 });
    expect(await mark('read.mark', 99)).toEqual({ conversationId, readSeq: 3, deliveredSeq: 3, unread: 0 });
    expect(await mark('read.mark', 1)).toEqual({ conversationId, readSeq: 3, deliveredSeq: 3, unread: 0 });
    expect(await mark('delivered.mark')).toEqual({ conversationId, readSeq: 3, deliveredSeq: 3, unread: 0 });
    const receipts = [
      { userId: ben.userId, readSeq: 0, deliveredSeq: 2 },
      { userId: ben.userId, readSeq: 1, deliveredSeq: 2 },
      { userId: ben.userId, readSeq: 3, deliveredSeq: 3 },
    ];
    expect(await hers.news()).toEqual(receipts.map((data) => ({ type: 'receipt.updated', conversationId, data })));
    const own = (await his.news()).filter((event) => event.type === 'unread.updated').map((event) => event.data.unread);
    expect(own).toEqual([3, 2, 0]);
  });

  scenario('who has read a message: everybody who was there, without its sender and without who hides receipts', async (scene) => {
    const { server, door } = scene;
    const [ann, ben, cem, dora, eve] = [
      await server.person('Ann'),
      await server.person('Ben'),
      await server.person('Cem'),
      await server.person('Dora'),
      await server.person('Eve'),
    ];
    const memberIds = [ben.userId, cem.userId, dora.userId];
    const { id: conversationId } = await ann.must('conversation.create', { kind: 'group', title: 'Club', memberIds });
    await dora.must('person.update', { preferences: { hideReceipts: true } });
    const { id: messageId, seq } = await ann.must('message.send', { conversationId, content: 'Who comes?' });
    await ben.must('read.mark', { conversationId, seq });
    await dora.must('read.mark', { conversationId, seq });
    await cem.must('delivered.mark', { conversationId, seq });
    server.clock.advance(1);
    await ann.must('member.add', { conversationId, userIds: [eve.userId] });
    const receiptsOf = async (input: Record<string, unknown>) => ben.must('receipt.list', { messageId, ...input }, door);
    const all = await receiptsOf({});
    expect(all).toMatchObject({
      items: [
        { userId: ben.userId, user: { id: ben.userId, name: 'Ben' }, status: 'read' },
        { userId: cem.userId, user: { name: 'Cem' }, status: 'delivered' },
      ],
      cursor: null,
    });
    const first = await receiptsOf({ limit: 1 });
    expect([...first.items, ...(await receiptsOf({ cursor: first.cursor })).items]).toEqual(all.items);
    expect(await ben.by(door, 'receipt.list', { messageId, cursor: 'x' })).toMatchObject({ ok: false, error: { code: 'invalid_input' } });
    await cem.must('read.mark', { conversationId });
    expect((await receiptsOf({})).items.map(({ status }: { status: string }) => status)).toEqual(['read', 'read']);
  });

  scenario('status is what the slowest other member has seen', async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    const statuses = async (): Promise<string[]> =>
      (await ann.must('message.list', { conversationId }, scene.door)).items.map((message: any) => message.status);
    expect(await statuses()).toEqual(['sent', 'sent', 'sent']);
    await ben.must('delivered.mark', { conversationId, seq: 2 }, scene.door);
    await ben.must('read.mark', { conversationId, seq: 1 }, scene.door);
    expect(await statuses()).toEqual(['read', 'delivered', 'sent']);
    expect((await ann.must('conversation.get', { conversationId }, scene.door)).receipts).toEqual({ readSeq: 1, deliveredSeq: 2, visible: 2 });
  });

  scenario("a member's own send moves their own marks", async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    expect(await ben.must('unread.count', {}, scene.door)).toEqual({ count: 3, conversations: 1 });
    await ben.must('message.send', { conversationId, content: 'read it' }, scene.door);
    expect(await ben.must('unread.count', {}, scene.door)).toEqual({ count: 0, conversations: 0 });
    expect(await ann.must('unread.list', {}, scene.door)).toMatchObject({
      items: [{ conversationId, unread: 1, readSeq: 3, lastSeq: 4 }],
      cursor: null,
    });
  });

  scenario('whoever hides receipts shows none, in events, status and numbers', async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    await ben.must('person.update', { preferences: { hideReceipts: true } }, scene.door);
    const hers = await ann.connect();
    expect(await ben.must('read.mark', { conversationId }, scene.door)).toMatchObject({ unread: 0 });
    expect(await hers.news()).toEqual([]);
    expect((await ann.must('message.list', { conversationId })).items[0].status).toBe('sent');
    expect((await ann.must('conversation.get', { conversationId })).receipts.visible).toBe(1);
    expect(await ben.must('unread.count', {}, scene.door)).toEqual({ count: 0, conversations: 0 });
  });

  scenario('where one person alone shows receipts, only the messages of others have been read', async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    await ann.must('person.update', { preferences: { hideReceipts: true } });
    await ben.must('message.send', { conversationId, content: 'of Ben' });
    await ben.must('read.mark', { conversationId });
    const expected = ['read', 'read', 'read', 'sent'];
    const statuses = (items: any[]): string[] => items.map(({ status }) => status);
    expect(statuses((await ann.must('message.list', { conversationId }, scene.door)).items)).toEqual(expected);
    const { conversations, messages } = await ben.must('sync', { conversations: { [conversationId]: 1 } }, scene.door);
    expect(statuses(messages[conversationId].items.filter(({ type }: any) => type === 'text'))).toEqual(expected);
    expect(conversations[0]).toMatchObject({ lastMessage: { status: 'sent' }, receipts: { readSeq: 4, deliveredSeq: 4, visible: 1 } });
  });

  scenario('a thousand people who read one message make a handful of transactions', async ({ server }) => {
    const { store, marks } = server.app.ports;
    const ann = await server.person('Ann');
    const { id: conversationId } = await ann.must('conversation.create', { title: 'Crowd' });
    const crowd = Array.from({ length: 1000 }, (_, i) => `reader-${conversationId}-${i}`);
    await store.tx(async (db) => {
      const rows = crowd.map((userId) => ({ conversationId, userId, orgId: server.orgId, role: 'member' as const, joinedAt: 1 }));
      await db.insert(store.tables.conversationMember).values(rows);
    });
    await ann.must('message.send', { conversationId, content: 'Read me' });
    let transactions = 0;
    const { tx } = store;
    store.tx = <T>(...args: Parameters<typeof tx<T>>) => {
      transactions++;
      return tx<T>(...args);
    };
    const marked = await Promise.all([...crowd, 'nobody'].map((userId) => marks.add({ conversationId, userId, readSeq: 1, deliveredSeq: 1 })));
    store.tx = tx;
    expect(marked.slice(0, 1000).every((mark) => mark?.readSeq === 1 && mark.moved)).toBe(true);
    expect(marked[1000]).toBeNull();
    expect(transactions).toBeLessThanOrEqual(3);
  });

  scenario('of several marks of one person at once the furthest counts, and it is told once', async (scene) => {
    const { ann, ben, conversationId } = await two(scene, 3);
    const hers = await ann.connect();
    await Promise.all([1, 3, 2].map((seq) => ben.must('read.mark', { conversationId, seq }, scene.door)));
    const events = await hers.news();
    expect(events.at(-1)?.data).toEqual({ userId: ben.userId, readSeq: 3, deliveredSeq: 3 });
    const told = events.map((event) => event.data.readSeq);
    expect(told).toEqual([...new Set(told)].sort());
  });
});
