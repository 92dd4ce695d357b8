import { describe, expect, test } from 'bun:test';
import { clusterBuses, startCluster } from '../support/cluster.ts';
import { upTo } from '../support/rows.ts';
import { scenarios } from '../support/scenario.ts';

const HOUR_MS = 3_600_000;
/** Set forward and back again, and in the end six hours behind where it began. */
const STEPS = [3, -6, 1, 0.5, -9, 5, -1.5, 1];

scenarios('A clock that is set back and forth by hours', (scenario) => {
  scenario('changes no order, numbers without holes, and is told by nobody', async ({ server, door }) => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId }, door);
    const ears = await ben.connect();
    await ann.connect();
    const sent: any[] = [];
    for (const [n, hours] of STEPS.entries()) {
      server.clock.step(hours * HOUR_MS);
      server.clock.advance(2_000);
      sent.push(await ann.must('message.send', { conversationId, clientId: `c${n}`, content: `${n}` }, door));
      expect(await ann.must('message.send', { conversationId, clientId: `c${n}`, content: `${n}` }, door)).toMatchObject({ id: sent[n].id });
      expect(await ben.must('presence.get', { userId: ann.userId }, door)).toMatchObject({ status: 'online' });
    }
    expect(sent.map((message) => message.seq)).toEqual(upTo(STEPS.length));
    expect(new Set(sent.map((message) => message.id)).size).toBe(STEPS.length);
    const heard = (await ears.everything()).filter(({ type }) => type === 'message.created');
    expect(heard.map(({ data, rev }) => [data.id, data.seq, rev])).toEqual(sent.map((message) => [message.id, message.seq, message.rev]));
    const pages: number[] = [];
    for (let after = 0; after < STEPS.length; after = pages.at(-1) ?? Infinity)
      pages.push(...(await ben.must('message.list', { conversationId, after, limit: 3 }, door)).items.map((item: any) => item.seq));
    expect(pages).toEqual(upTo(STEPS.length));
    expect(ears.events.filter(({ type }) => type === 'presence.updated')).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ status: 'online' }) }),
    ]);
    const synced = await ben.must('sync', { conversations: { [conversationId]: 1 } }, door);
    expect(synced.messages[conversationId].items.map((item: any) => item.seq).sort((a: number, b: number) => a - b)).toEqual(upTo(STEPS.length));
  });

  scenario('cuts no socket for too many frames, and makes nobody in slow mode wait for hours', async ({ server, door }) => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] }, door);
    await ann.must('conversation.update', { conversationId, settings: { slowModeSeconds: 30 } }, door);
    const socket = await ben.connect();
    for (const hours of STEPS) {
      server.clock.step(hours * HOUR_MS);
      expect(await ben.by(door, 'message.send', { conversationId, content: `${hours}` })).toMatchObject({ ok: true });
      expect(await ben.by(door, 'message.send', { conversationId, content: 'again' })).toMatchObject({ ok: false, error: { retryAfter: 30 } });
      expect(await socket.call('person.me')).toMatchObject({ ok: true });
    }
  });

  scenario('does not make a ticket for a socket good for hours', async ({ server, door }) => {
    const ann = await server.person('Ann');
    const open = async (ticket: string): Promise<number> => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/chat/ws?ticket=${ticket}`);
      const code = await new Promise<number>((resolve) => {
        socket.onmessage = () => resolve(0);
        socket.onclose = (event) => resolve(event.code);
      });
      socket.close();
      return code;
    };
    const old = await ann.must('socket.ticket', {}, door);
    server.clock.step(-HOUR_MS);
    expect(await open(old.ticket)).toBe(4001);
    expect(await open((await ann.must('socket.ticket', {}, door)).ticket)).toBe(0);
    server.clock.step(2 * HOUR_MS);
    expect(await open((await ann.must('socket.ticket', {}, door)).ticket)).toBe(0);
  });
});

for (const bus of clusterBuses) {
  describe(`A clock that is set back and forth by hours, on the ${bus} bus`, () => {
    test('makes no process take another for dead, and hides no death', async () => {
      const cluster = await startCluster(bus, { busAliveMs: 1_000, busMissesMax: 3 });
      for (const hours of STEPS) {
        cluster.clock.step(hours * HOUR_MS);
        cluster.clock.advance(100);
        expect(cluster.servers.map(({ app }) => app.processes)).toEqual([2, 2]);
      }
      cluster.wires[1]?.cut();
      cluster.clock.step(-4 * HOUR_MS);
      cluster.clock.advance(5_000);
      expect(cluster.servers.map(({ app }) => app.processes)).toEqual([1, 1]);
      await cluster.stop();
    });
  });
}
