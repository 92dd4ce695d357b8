import { afterEach, describe, expect, test } from 'bun:test';
import { upTo } from '../support/rows.ts';
import { connect } from '../support/socket.ts';
import { clusterBuses, startCluster, until, type TestCluster } from '../support/cluster.ts';

/** Two processes of one installation, on each bus. What one does is so in the other. */
for (const bus of clusterBuses) {
  describe(`Two processes over the bus ${bus}`, () => {
    let cluster: TestCluster;
    afterEach(() => cluster.stop());

    /** Ann is connected to the first process, Ben to the second; both may be connected to the other one as well. */
    async function stage(config = {}) {
      cluster = await startCluster(bus, config);
      const [first] = cluster.servers;
      if (!first) throw new Error('no server');
      const [ann, benAtHome] = [await first.person('Ann'), await first.person('Ben')];
      const ben = cluster.device(benAtHome, 1);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'Team', memberIds: [ben.userId] });
      return { first, ann, ben, conversationId };
    }
    const far = (path: string): string => `${cluster.servers[1]?.url.replace('http', 'ws')}/api/chat/ws${path}`;

    test('a message is heard in the other process as it is in its own', async () => {
      const { ann, ben, conversationId } = await stage();
      const annFar = cluster.device(ann, 1);
      const sockets = [await ann.connect(), await ben.connect(), await annFar.connect()];
      const heard = Promise.all(sockets.map((socket) => socket.event('message.created')));
      const sent = await ann.must('message.send', { conversationId, content: 'Hello over there' }, 'socket');
      const events = await heard;
      expect(events[0]).toMatchObject({ conversationId, rev: sent.rev, data: { id: sent.id, content: 'Hello over there' } });
      expect(events[1]).toEqual(events[0] as (typeof events)[number]);
      expect(events[2]).toEqual(events[0] as (typeof events)[number]);
    });

    test('a message too long for a notification is heard whole', async () => {
      const { ann, ben, conversationId } = await stage();
      const heard = (await ben.connect()).event('message.created');
      const content = '日本語 👋 '.repeat(600);
      await ann.must('message.send', { conversationId, content });
      expect((await heard).data.content).toBe(content);
    });

    test('both send into one conversation at once: one order, no hole, everybody hears it', async () => {
      const { ann, ben, conversationId } = await stage();
      const sockets = [await ann.connect(), await ben.connect()];
      const all = sockets.map((socket) => until(() => socket.events.filter(({ type }) => type === 'message.created').length === 80));
      await Promise.all(
        upTo(40).flatMap((n) => [
          ann.must('message.send', { conversationId, content: `a${n}`, clientId: `a-${n}` }, 'socket'),
          ben.must('message.send', { conversationId, content: `b${n}`, clientId: `b-${n}` }, 'socket'),
        ]),
      );
      await Promise.all(all);
      const [here, there] = sockets.map(({ events }) =>
        events.filter(({ type }) => type === 'message.created').map(({ data }) => [data.seq, data.id]),
      );
      expect(here).toEqual(there ?? []);
      expect(here?.map(([seq]) => seq)).toEqual(upTo(80));
    });

    test('read marks, edits, reactions and typing cross', async () => {
      const { ann, ben, conversationId } = await stage();
      const [here, there] = [await ann.connect(), await ben.connect()];
      const message = await ann.must('message.send', { conversationId, content: 'one' });
      for (const [type, act] of [
        ['receipt.updated', () => ben.must('read.mark', { conversationId, seq: message.seq })],
        ['reaction.added', () => ben.must('reaction.add', { conversationId, messageId: message.id, emoji: '👍' })],
        ['typing.updated', () => ben.must('typing.set', { conversationId, typing: true }, 'socket')],
      ] as const) {
        const heard = here.event(type, ({ data }) => data.userId === ben.userId);
        await act();
        expect((await heard).conversationId).toBe(conversationId);
      }
      const edited = there.event('message.updated');
      await ann.must('message.edit', { conversationId, messageId: message.id, content: 'two' });
      expect((await edited).data.content).toBe('two');
    });

    test('several devices on several machines are one person', async () => {
      const { ann, ben } = await stage({ presenceGraceMs: 1_000 });
      await ann.must('conversation.create', { userId: ben.userId });
      const benHere = cluster.device(ben, 0);
      const watching = await ann.connect();
      const online = watching.event('presence.updated', ({ data }) => data.userId === ben.userId);
      await ben.connect();
      expect((await online).data.status).toBe('online');
      await benHere.connect();
      await ben.disconnect();
      // The grace of the far process ends, and what it tells has come before what it tells next.
      await until(() => cluster.servers[1]?.app.connectionsOf(ben.userId) === 0);
      cluster.clock.advance(1_001);
      await until(async () => (await ann.must('presence.get', { userId: ben.userId })).status === 'online');
      const away = watching.event('presence.updated', ({ data }) => data.userId === ben.userId && data.status === 'offline');
      await benHere.disconnect();
      await until(() => cluster.servers[0]?.app.connectionsOf(ben.userId) === 0);
      cluster.clock.advance(1_001);
      expect((await away).data.status).toBe('offline');
      expect(watching.events.filter(({ type, data }) => type === 'presence.updated' && data.userId === ben.userId)).toHaveLength(2);
    });

    test('whoever is added hears from then on, whoever is removed hears nothing more', async () => {
      const { first, ann, conversationId } = await stage();
      const cem = cluster.device(await first.person('Cem'), 1);
      const socket = await cem.connect();
      const created = socket.event('conversation.created');
      await ann.must('member.add', { conversationId, userIds: [cem.userId] });
      await created;
      // Where the bus brings only what is listened to, the socket may be told to sync instead of hearing what came meanwhile.
      const sent = await ann.must('message.send', { conversationId, content: 'welcome' });
      await until(
        () => socket.events.some(({ type }) => type === 'message.created') || socket.frames.filter(({ type }) => type === 'hello').length > 1,
      );
      const synced = await cem.must('sync', { conversations: { [conversationId]: 0 } }, 'socket');
      expect(synced.messages[conversationId].items.at(-1)).toMatchObject({ id: sent.id });
      const heard = socket.event('message.created', ({ data }) => data.content === 'next');
      await ann.must('message.send', { conversationId, content: 'next' });
      await heard;
      const removed = socket.event('member.removed');
      await ann.must('member.remove', { conversationId, userId: cem.userId });
      await removed;
      await socket.news();
      await ann.must('message.send', { conversationId, content: 'secret' });
      const person = socket.event('conversation.created');
      await ann.must('conversation.create', { userId: cem.userId });
      await person;
      expect(JSON.stringify(socket.frames)).not.toContain('secret');
    });

    test('what ends in one process ends in the other: a session, a role, a person', async () => {
      const { first, ann, ben } = await stage({ principalCacheMs: 3_600_000 });
      const owner = await first.person('Owner', { role: 'owner' });
      const socket = await ben.connect();
      expect((await ben.must('person.me')).organisations[0].role).toBe('member');
      const { store } = first.app.ports;
      const change = (path: string, token: string, body: object): Promise<Response> =>
        fetch(`${first.url}/api/auth${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const rows = await store.read.select().from(store.tables.member);
      const memberId = rows.find(({ userId }) => userId === ben.userId)?.id;
      expect((await change('/organization/update-member-role', owner.token, { memberId, role: 'admin', organizationId: first.orgId })).status).toBe(
        200,
      );
      await until(async () => (await ben.must('person.me')).organisations[0].role === 'admin');
      expect((await change('/sign-out', ben.token, {})).status).toBe(200);
      expect((await socket.closed).code).toBe(4010);
      expect(await ben.http('person.me')).toMatchObject({ ok: false, status: 401 });
      expect(await ann.must('person.me')).toMatchObject({ id: ann.userId });
    });

    test('a ticket of one process opens a socket of the other, once', async () => {
      const { ann, ben, conversationId } = await stage();
      const here = await ann.connect();
      const { ticket } = await ann.must('socket.ticket');
      const socket = await connect(far(`?ticket=${ticket}`));
      expect(socket.hello.userId).toBe(ann.userId);
      await socket.close();
      // What the far process tells next comes after the ticket.
      const told = here.event('typing.updated');
      await ben.must('typing.set', { conversationId, typing: true }, 'socket');
      await told;
      for (const { url } of cluster.servers) {
        const refused = new WebSocket(`${url.replace('http', 'ws')}/api/chat/ws?ticket=${ticket}`);
        expect(await new Promise((resolve) => (refused.onclose = ({ code }) => resolve(code)))).toBe(4001);
      }
    });

    test('processes count a limit together, give or take a second and a quarter of it', async () => {
      const { ann } = await stage({ rateReadsPerMinute: 20 });
      const annFar = cluster.device(ann, 1);
      for (const _ of upTo(19)) await ann.must('person.me');
      cluster.clock.advance(1_000);
      await until(async () => !(await annFar.http('person.me')).ok);
      expect((await annFar.http('person.me')) as object).toMatchObject({ status: 429, error: { code: 'rate_limited' } });
    });

    test('a process whose bus was cut tells its sockets to sync, and they end equal', async () => {
      const { first, ann, ben, conversationId } = await stage();
      const cem = cluster.device(await first.person('Cem'), 1);
      await ann.must('member.add', { conversationId, userIds: [cem.userId] });
      const [mine, other] = [await ben.connect(), await cem.connect()];
      cluster.wires[1]?.cut();
      const sent = await ann.must('message.send', { conversationId, content: 'while you were away' });
      await ann.must('member.remove', { conversationId, userId: cem.userId });
      expect((await mine.news()).filter(({ type }) => type === 'message.created')).toEqual([]);
      const [again, otherAgain] = [mine.frame(({ type }) => type === 'hello'), other.frame(({ type }) => type === 'hello')];
      cluster.wires[1]?.mend();
      expect((await again).data).toEqual({ ...mine.hello, serverTime: expect.any(Number) });
      await otherAgain;
      const { messages } = await ben.must('sync', { epoch: mine.hello.epoch, conversations: { [conversationId]: 2 } }, 'socket');
      expect(messages[conversationId].items).toContainEqual(expect.objectContaining({ id: sent.id, content: 'while you were away' }));
      expect((await cem.must('sync', { conversations: { [conversationId]: 2 } }, 'socket')).removed).toEqual([conversationId]);
      const heard = mine.event('message.created');
      await ann.must('message.send', { conversationId, content: 'not for Cem' });
      await heard;
      await other.everything();
      expect(JSON.stringify(other.frames)).not.toContain('not for Cem');
    });

    test('a process that was taken for dead without knowing it is told what was kept from it', async () => {
      const { ann, ben, conversationId } = await stage();
      const socket = await ben.connect();
      cluster.wires[1]?.mute(true);
      for (const content of ['one', 'two', 'three']) {
        cluster.clock.advance(3_000);
        const heard = socket.event('message.created', ({ data }) => data.content === content);
        await ann.must('message.send', { conversationId, content });
        await heard;
      }
      cluster.clock.advance(1_000);
      await until(() => cluster.servers[0]?.app.processes === 1 || (cluster.clock.advance(1_000), false));
      expect(cluster.servers[1]?.app.processes).toBe(2);
      await ann.must('message.send', { conversationId, content: 'to nobody' });
      expect(JSON.stringify(await socket.news())).not.toContain('to nobody');
      const again = socket.frame(({ type }) => type === 'hello');
      cluster.wires[1]?.mute(false);
      cluster.clock.advance(3_000);
      await again;
      await cluster.know(2);
    });

    test('the people of a process that died go away, and the sockets of the others sync', async () => {
      const { ann, ben } = await stage({ presenceGraceMs: 1_000 });
      await ann.must('conversation.create', { userId: ben.userId });
      const watching = await ann.connect();
      const online = watching.event('presence.updated');
      await ben.connect();
      expect((await online).data).toMatchObject({ userId: ben.userId, status: 'online' });
      cluster.wires[1]?.cut();
      const [again, offline] = [
        watching.frame(({ type }) => type === 'hello'),
        watching.event('presence.updated', ({ data }) => data.status === 'offline'),
      ];
      cluster.clock.advance(12_001);
      await again;
      cluster.clock.advance(1_001);
      expect((await offline).data).toMatchObject({ userId: ben.userId, status: 'offline' });
      expect(cluster.servers[0]?.app.processes).toBe(1);
    });

    test('a process that ends in order is no gap, and its people may come back unnoticed', async () => {
      const { ann, ben } = await stage({ presenceGraceMs: 1_000 });
      await ann.must('conversation.create', { userId: ben.userId });
      const watching = await ann.connect();
      const online = watching.event('presence.updated');
      await ben.connect();
      await online;
      await watching.everything();
      await cluster.servers[1]?.app.stop();
      await until(() => cluster.servers[0]?.app.processes === 1);
      const back = cluster.device(ben, 0);
      await back.connect();
      cluster.clock.advance(1_001);
      expect(await watching.everything()).toEqual([]);
      expect(watching.frames.filter(({ type }) => type === 'hello')).toHaveLength(1);
    });

    test('a process that comes later knows who is there', async () => {
      const { ann, ben } = await stage();
      await ann.must('conversation.create', { userId: ben.userId });
      await ann.connect();
      await cluster.join();
      await cluster.know(3);
      const late = cluster.device(ben, 2);
      await until(async () => (await late.must('presence.get', { userId: ann.userId })).status === 'online');
      const socket = await late.connect();
      await until(() =>
        socket.events.some(({ type, data }) => type === 'presence.updated' && data.userId === ann.userId && data.status === 'online'),
      );
    });
  });

  describe(`One process over the bus ${bus}`, () => {
    test('tells nobody anything once it knows that nobody is there', async () => {
      const cluster = await startCluster(bus, {}, 1);
      const [server] = cluster.servers;
      if (!server) throw new Error('no server');
      const ann = await server.person('Ann');
      const { id: conversationId } = await ann.must('conversation.create', { title: 'Alone' });
      const told = async (): Promise<number> => Number(/way="out"} (\d+)/.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);
      cluster.clock.advance(60_000);
      const before = await told();
      await ann.must('message.send', { conversationId, content: 'Is anybody there?' });
      expect(await told()).toBe(before);
      await cluster.stop();
    });
  });
}
