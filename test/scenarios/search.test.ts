import { Database } from 'bun:sqlite';
import { describe, expect, test } from 'bun:test';
import { newId } from '../../src/lib/id.ts';
import { dialects } from '../support/database.ts';
import { scenarios, type Scene } from '../support/scenario.ts';
import { indexed, searchAll } from '../support/searching.ts';
import { startServer, type TestServer } from '../support/server.ts';

async function two({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { title: 'Club', memberIds: [ben.userId] });
  return { ann, ben, conversationId: conversationId as string };
}

const contents = (page: { items: any[] }): string[] => page.items.map((message) => message.content);

scenarios('Search', (scenario) => {
  for (const when of ['in the moment after it was acknowledged', 'once it is indexed'] as const) {
    const settled = (server: TestServer): Promise<void> => (when === 'once it is indexed' ? indexed(server) : Promise.resolve());

    scenario(`finds a message by its words, ${when}`, async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      const his = await ben.connect();
      const sent = await ann.must('message.send', { conversationId, content: 'Die Übung beginnt um acht in der Straßenbahn' });
      await his.news();
      await settled(scene.server);
      const find = async (q: string): Promise<number> => (await ben.must('message.search', { q }, scene.door)).items.length;
      for (const q of ['übung', 'UBUNG', 'beg', 'strassen acht', '"beginnt um"', '"um acht"', 'u\u0308bung'])
        expect([q, await find(q)]).toEqual([q, 1]);
      for (const q of ['ung', 'übung neun', '"um beginnt"', '"um ach"', 'b']) expect([q, await find(q)]).toEqual([q, 0]);
      const { items, cursor } = await ben.must('message.search', { q: 'übung acht' }, scene.door);
      expect(cursor).toBeNull();
      const { snippet, ...view } = items[0];
      expect(view).toEqual(await ben.must('message.get', { messageId: sent.id }));
      expect(snippet).toEqual([
        { text: 'Die ', hit: false },
        { text: 'Übung', hit: true },
        { text: ' beginnt um ', hit: false },
        { text: 'acht', hit: true },
        { text: ' in der Straßenbahn', hit: false },
      ]);
      expect(await his.news()).toEqual([]);
    });

    scenario(`finds words of scripts without spaces wherever they stand, ${when}`, async (scene) => {
      const { ann, conversationId } = await two(scene);
      for (const content of ['我的iPhone手机号是多少', '今日は東京に行きます', 'สวัสดีครับทุกคน', '서울시청에서 만나요', '生日快乐🎉🎉'])
        await ann.must('message.send', { conversationId, content });
      await settled(scene.server);
      const find = async (q: string): Promise<string[]> =>
        contents(await ann.must('message.search', { q }, scene.door)).map((text) => text.slice(0, 2));
      for (const [q, found] of [
        ['手机', '我的'],
        ['手', '我的'],
        ['机号', '我的'],
        ['iphone', '我的'],
        ['"iphone 手机"', '我的'],
        ['東京', '今日'],
        ['ครับ', 'สว'],
        ['시청', '서울'],
        ['乐', '生日'],
        ['🎉', '生日'],
      ] as const)
        expect([q, await find(q)]).toEqual([q, [found]]);
      for (const q of ['机手', '京東', '"手 iphone"']) expect([q, await find(q)]).toEqual([q, []]);
    });

    scenario(`edits and deletions count at once, ${when}`, async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      const { id: one } = await ann.must('message.send', { conversationId, content: 'the first apple' });
      const { id: other } = await ann.must('message.send', { conversationId, content: 'the second apple' });
      await settled(scene.server);
      const find = async (q: string, who = ben): Promise<string[]> => contents(await who.must('message.search', { q }, scene.door)).sort();
      expect(await find('apple')).toEqual(['the first apple', 'the second apple']);
      await ann.must('message.edit', { messageId: one, content: 'the first pear' });
      expect([await find('apple'), await find('pear')]).toEqual([['the second apple'], ['the first pear']]);
      await ben.must('message.delete', { messageId: one, for: 'me' });
      expect([await find('pear'), await find('pear', ann)]).toEqual([[], ['the first pear']]);
      await ann.must('message.delete', { messageId: other });
      expect([await find('apple'), await find('apple', ann)]).toEqual([[], []]);
      await indexed(scene.server);
      expect([await find('apple', ann), await find('pear', ann)]).toEqual([[], ['the first pear']]);
    });
  }

  scenario('pages hold still while messages arrive and are indexed: none twice, none left out', async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    const sent: string[] = [];
    const send = async (n: number): Promise<void> => void sent.push((await ann.must('message.send', { conversationId, content: `apple ${n}` })).id);
    for (let n = 0; n < 7; n++) await send(n);
    await indexed(scene.server);
    for (let n = 7; n < 11; n++) await send(n);
    const first = await ben.must('message.search', { q: 'apple', limit: 2 }, scene.door);
    for (let n = 11; n < 15; n++) await send(n);
    const second = await ben.must('message.search', { q: 'apple', limit: 2, cursor: first.cursor }, scene.door);
    await indexed(scene.server);
    await ann.must('message.send', { conversationId, content: 'apple, the last' });
    const { items } = await searchAll(ben, scene.door, { q: 'apple', limit: 2, cursor: second.cursor });
    const ids = [...first.items, ...second.items, ...items].map((message: any) => message.id);
    expect(ids).toEqual(sent.slice(0, 11).toReversed());
    expect(await ben.by(scene.door, 'message.search', { q: 'apple', cursor: 'x' })).toMatchObject({ error: { details: [{ path: 'cursor' }] } });
  });

  scenario('the better match comes first, and of equal ones the newer', async (scene) => {
    const { ann, conversationId } = await two(scene);
    const long = 'a report of many things that happened on that day and has the word apple among a hundred others that say nothing';
    for (const content of ['apple pie', 'apples are here', long, 'apple pie']) await ann.must('message.send', { conversationId, content });
    await indexed(scene.server);
    const { items } = await ann.must('message.search', { q: 'apple' }, scene.door);
    expect(items.map((message: any) => [message.content, message.seq])).toEqual([
      ['apple pie', 4],
      ['apple pie', 1],
      ['apples are here', 2],
      [long, 3],
    ]);
  });

  scenario('filters by conversation, author, time, type and organisation', async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    const { id: other } = await ann.must('conversation.create', { title: 'Other', memberIds: [ben.userId] });
    await ann.must('message.send', { conversationId, content: 'apple one' });
    scene.server.clock.advance(60_000);
    const time = scene.server.clock.now();
    await ben.must('message.send', { conversationId, content: 'apple two' });
    await ann.must('message.send', { conversationId: other, content: 'apple three', location: { latitude: 1, longitude: 2 } });
    const find = async (filter: Record<string, unknown>): Promise<string[]> =>
      contents(await ann.must('message.search', { q: 'apple', ...filter }, scene.door))
        .map((text) => text.slice(6))
        .sort();
    for (const settle of [false, true]) {
      if (settle) await indexed(scene.server);
      expect(await find({})).toEqual(['one', 'three', 'two']);
      expect(await find({ conversationId })).toEqual(['one', 'two']);
      expect(await find({ in: other })).toEqual(['three']);
      expect(await find({ from: ben.userId })).toEqual(['two']);
      expect(await find({ from: 'me' })).toEqual(['one', 'three']);
      expect(await find({ from: 'ext:nobody' })).toEqual([]);
      expect(await find({ before: time })).toEqual(['one']);
      expect(await find({ after: time })).toEqual(['three', 'two']);
      expect(await find({ after: new Date(time).toISOString(), before: String(time + 1) })).toEqual(['three', 'two']);
      expect(await find({ after: '2000-01-01', before: '2001-01-01' })).toEqual([]);
      expect(await find({ type: 'location' })).toEqual(['three']);
      expect(await find({ orgId: scene.server.orgId, conversationId })).toEqual(['one', 'two']);
    }
    for (const wrong of [{ in: other, conversationId }, { before: 'yesterday' }, { after: '2026-13-01' }, { type: 'system' }, { q: '!?' }])
      expect(await ann.by(scene.door, 'message.search', { q: 'apple', ...wrong })).toMatchObject({
        error: { code: 'invalid_input', details: [{ path: Object.keys(wrong)[0] }] },
      });
  });

  scenario('what was found is told without its marks, with the hits where they are read', async (scene) => {
    const { ann, conversationId } = await two(scene);
    const content = 'see **the _apple_ pie**\n- of [apple trees](https://fruit.example/apple) *pear*tree';
    await ann.must('message.send', { conversationId, content });
    const find = async (q: string): Promise<string> => {
      const { items } = await ann.must('message.search', { q }, scene.door);
      return items[0].snippet.map(({ text, hit }: any) => (hit ? `<${text}>` : text)).join('');
    };
    expect(await find('apple')).toBe('see the <apple> pie\n• of <apple> trees peartree');
    expect(await find('"apple pie"')).toBe('see the <apple pie>\n• of apple trees peartree');
    expect(await find('pear')).toBe('see the apple pie\n• of apple trees <pear>tree');
    // Read by nobody but found by its words: it is told as it was written.
    expect(await find('fruit')).toBe(content.replace('fruit', '<fruit>'));
    // Reading this many marks would hold up the others.
    await ann.must('message.send', { conversationId, content: `**plum** ${'**a '.repeat(120)}` });
    expect(await find('plum')).toStartWith('**<plum>** **a');
  });

  scenario('nobody finds what they may not read: strangers, who left, who came later', async (scene) => {
    const { ann, ben } = await two(scene);
    const [eve, mallory] = await Promise.all([
      scene.server.person('Eve'),
      scene.server.person('Mallory', { orgId: await scene.server.organisation('Elsewhere') }),
    ]);
    const { id: conversationId } = await ann.must('conversation.create', {
      title: 'Apple',
      memberIds: [ben.userId],
      settings: { history: 'joined' },
    });
    await ann.must('message.send', { conversationId, content: 'apple before' });
    await ann.must('member.add', { conversationId, userIds: [eve.userId] });
    await ann.must('member.remove', { conversationId, userId: ben.userId });
    await ann.must('message.send', { conversationId, content: 'apple after' });
    for (const settle of [false, true]) {
      if (settle) await indexed(scene.server);
      const find = async (who: typeof ann): Promise<string[]> => contents(await who.must('message.search', { q: 'apple' }, scene.door)).sort();
      expect([await find(ann), await find(ben), await find(eve), await find(mallory)]).toEqual([
        ['apple after', 'apple before'],
        [],
        ['apple after'],
        [],
      ]);
      for (const who of [ben, mallory])
        expect(await who.by(scene.door, 'message.search', { q: 'apple', conversationId })).toMatchObject({ error: { code: 'not_found' } });
      expect(await mallory.by(scene.door, 'message.search', { q: 'apple', orgId: scene.server.orgId })).toMatchObject({
        error: { code: 'not_found' },
      });
    }
  });
});

/** Whether the index has an entry with this word. */
async function inIndex({ app }: TestServer, orgId: string, text: string): Promise<boolean> {
  const { store } = app.ports;
  const anywhere = { orgIds: [orgId], conversationIds: null, senderId: null, type: null, from: null, before: null };
  return (await store.search.find(store.read, { ...anywhere, words: [{ text, prefix: false }], limit: 1 })).length > 0;
}

for (const dialect of dialects) {
  describe(`The index on ${dialect}`, () => {
    test('keeps no word of what was edited away, deleted, or in a conversation that is gone', async () => {
      const server = await startServer({ dialect });
      const ann = await server.person('Ann');
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T' });
      const { id: one } = await ann.must('message.send', { conversationId, content: 'onlyhere' });
      const { id: two_ } = await ann.must('message.send', { conversationId, content: 'lonely' });
      for (let n = 0; n < 45; n++) await ann.must('message.send', { conversationId, content: `single${n}` });
      await indexed(server);
      const has = (text: string): Promise<boolean> => inIndex(server, server.orgId, text);
      expect([await has('onlyhere'), await has('lonely'), await has('single0'), await has('single44')]).toEqual([true, true, true, true]);
      await ann.must('message.edit', { messageId: one, content: 'another' });
      await ann.must('message.delete', { messageId: two_ });
      expect([await has('onlyhere'), await has('another'), await has('lonely')]).toEqual([false, true, false]);
      await ann.must('conversation.delete', { conversationId });
      expect((await ann.must('message.search', { q: 'single0' })).items).toEqual([]);
      await indexed(server);
      expect([await has('another'), await has('single0'), await has('single44')]).toEqual([false, false, false]);
      const traces = await traceOf(server, ['onlyhere', 'lonely', 'single44']);
      expect(traces).toEqual([]);
      await server.stop();
    });

    test('of a database that was filled before there was search is made when the server starts, however often it stops', async () => {
      const server = await startServer({ dialect });
      const ann = await server.person('Ann');
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T' });
      const { store } = server.app.ports;
      const { outbox, message } = store.tables;
      const rows = Array.from({ length: 450 }, (_, n) => {
        const id = newId();
        return {
          id,
          conversationId,
          orgId: server.orgId,
          seq: n + 2,
          rev: n + 2,
          senderId: ann.userId,
          clientId: id,
          type: 'text' as const,
          content: `old${n} apple`,
          createdAt: 1,
        };
      });
      // As the migration leaves it, with messages from before.
      await store.tx(async (db) => {
        await db.insert(message).values(rows);
        await db.delete(outbox);
        await db.insert(outbox).values({ id: newId(), kind: 'search.index', payload: {}, dueAt: 0, createdAt: 0 });
      });
      await server.restart();
      await server.restart();
      // A job that was taken when the server stopped is taken over when its lease ends.
      server.clock.advance(server.app.ports.config.outboxLeaseMs);
      await indexed(server);
      for (const n of [0, 200, 449]) expect([n, await inIndex(server, server.orgId, `old${n}`)]).toEqual([n, true]);
      expect((await searchAll(ann, 'http', { q: 'apple' })).items).toHaveLength(450);
      await server.stop();
    });
  });
}

/** Words that still stand somewhere in the tables behind the full text of SQLite; Postgres removes rows when it vacuums. */
async function traceOf({ database }: TestServer, wanted: string[]): Promise<string[]> {
  if (database.dialect === 'postgres') return [];
  const db = new Database(database.url.replace('sqlite:', ''), { readonly: true });
  const blocks = db.query<{ block: Uint8Array }, []>('select block from message_search_data').all();
  const kept = db.query<{ c0: string }, []>('select c0 from message_search_content').all();
  db.close();
  const everything = [...blocks.map(({ block }) => Buffer.from(block).toString('latin1')), ...kept.map((row) => row.c0)].join(' ');
  // Terms share their beginnings with the one before, so the end of a word is what is looked for.
  return wanted.filter((text) => everything.includes(text.slice(-5)));
}
