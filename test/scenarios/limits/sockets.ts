import { expect } from 'bun:test';
import { upTo } from '../../support/rows.ts';
import type { TestServer } from '../../support/server.ts';
import { connect } from '../../support/socket.ts';
import { holdConversation } from '../../support/store.ts';
import { expectRefused, two, type Trials } from './trial.ts';

export const sockets: Trials = {
  socketPendingMax: {
    says: 'that many frames may wait for their answer, one more ends the connection with 4008',
    config: { socketPendingMax: 4 },
    door: 'socket',
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const { store } = scene.server.app.ports;
      for (const [frames, ends] of [
        [limit, false],
        [limit + 1, true],
      ] as const) {
        const socket = await ann.connect();
        const held = await holdConversation(store, conversationId);
        const before = await framesRead(scene.server);
        const answers = Promise.allSettled(upTo(frames).map(() => socket.call('membership.update', { conversationId, pinned: true })));
        while ((await framesRead(scene.server)) < before + frames);
        if (ends) await socket.closed;
        await held.commit();
        expect((await answers).map((answer) => answer.status)).toEqual(upTo(frames).map(() => (ends ? 'rejected' : 'fulfilled')));
        if (ends) expect((await socket.closed).code).toBe(4008);
        await ann.disconnect();
      }
    },
  },
  socketConnectionsMax: {
    says: 'a process serves that many sockets, the next is turned away with the time to come again',
    config: { socketConnectionsMax: 2 },
    door: 'socket',
    async run({ server }, limit) {
      const people = await Promise.all(upTo(limit + 1).map((n) => server.person(`P${n}`)));
      const last = people.at(-1);
      for (const person of people.slice(0, limit)) await person.connect();
      const handshake = {
        authorization: `Bearer ${last?.token}`,
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      const response = await fetch(`${server.url}/api/chat/ws`, { headers: handshake });
      expect([response.status, response.headers.get('retry-after'), await response.json()]).toMatchObject([
        503,
        '5',
        { error: { code: 'unavailable', retryAfter: 5 } },
      ]);
      await people[0]?.disconnect();
      await last?.connect();
    },
  },
  ticketsMax: {
    says: 'that many used tickets are remembered and refused, then the oldest is forgotten',
    config: { ticketsMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const address = `${server.url.replace('http', 'ws')}/api/chat/ws`;
      const tickets: string[] = [];
      for (const _ of upTo(limit + 1)) tickets.push((await ann.must('socket.ticket', {}, door)).ticket);
      for (const ticket of tickets) await (await connect(`${address}?ticket=${ticket}`)).close();
      for (const ticket of tickets.slice(1)) {
        const refused = new WebSocket(`${address}?ticket=${ticket}`);
        expect(await new Promise((resolve) => (refused.onclose = ({ code }) => resolve(code)))).toBe(4001);
      }
      await (await connect(`${address}?ticket=${tickets[0]}`)).close();
    },
  },
  ticketTtlMs: {
    says: 'a ticket opens a socket until that time is over',
    config: { ticketTtlMs: 4_000 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const address = `${server.url.replace('http', 'ws')}/api/chat/ws`;
      const [one, other] = [await ann.must('socket.ticket', {}, door), await ann.must('socket.ticket', {}, door)];
      expect(one.expiresAt).toBe(server.clock.now() + limit);
      server.clock.advance(limit - 1);
      await (await connect(`${address}?ticket=${one.ticket}`)).close();
      server.clock.advance(1);
      const late = new WebSocket(`${address}?ticket=${other.ticket}`);
      expect(await new Promise((resolve) => (late.onclose = ({ code }) => resolve(code)))).toBe(4001);
    },
  },
  typingTtlMs: {
    says: 'typing ends by itself after that time',
    config: { typingTtlMs: 4_000 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const theirs = await ben.connect();
      await ann.must('typing.set', { conversationId, typing: true }, scene.door);
      scene.server.clock.advance(limit - 1);
      expect(await theirs.news()).toMatchObject([{ type: 'typing.updated', data: { typing: true } }]);
      scene.server.clock.advance(1);
      expect(await theirs.news()).toMatchObject([{ type: 'typing.updated', data: { typing: false } }]);
    },
  },
  presenceGraceMs: {
    says: 'a lost connection shows after that time and not before',
    config: { presenceGraceMs: 4_000 },
    door: 'socket',
    async run(scene, limit) {
      const { ann, ben } = await two(scene);
      const theirs = await ben.connect();
      const mine = await ann.connect();
      await theirs.everything();
      await mine.drop();
      while (scene.server.app.connectionsOf(ann.userId) > 0) await new Promise((resolve) => setImmediate(resolve));
      scene.server.clock.advance(limit - 1);
      expect(await theirs.everything()).toEqual([]);
      scene.server.clock.advance(1);
      expect(await theirs.everything()).toMatchObject([{ type: 'presence.updated', data: { userId: ann.userId, status: 'offline' } }]);
    },
  },
  presenceAwayMs: {
    says: 'whoever sends nothing for that time is away',
    config: { presenceAwayMs: 60_000 },
    door: 'socket',
    async run(scene, limit) {
      const { ann, ben } = await two(scene);
      const theirs = await ben.connect();
      const mine = await ann.connect();
      await theirs.everything();
      scene.server.clock.advance(limit - 1);
      mine.send('{"type":"ping"}');
      expect(await theirs.everything()).toEqual([]);
      // The room is looked through every second.
      scene.server.clock.advance(1_000);
      expect(await theirs.everything()).toMatchObject([{ type: 'presence.updated', data: { userId: ann.userId, status: 'away' } }]);
    },
  },
  presenceWatchMax: {
    says: 'that many people may be watched or asked for at once, and no more',
    config: { presenceWatchMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const ids = (await Promise.all(upTo(limit + 1).map((n) => server.person(`P${n}`)))).map((person) => person.userId);
      expect(await ann.must('presence.get', { ids: ids.slice(0, limit) }, door)).toMatchObject({ items: { length: limit } });
      expectRefused(await ann.by(door, 'presence.get', { ids }), 'ids', limit);
      expect(await ann.must('presence.watch', { userIds: ids.slice(0, limit) }, 'socket')).toMatchObject({ items: { length: limit } });
      expectRefused(await ann.by('socket', 'presence.watch', { userIds: ids }), 'userIds', limit);
    },
  },
};

async function framesRead({ url }: TestServer): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^chinwag_frames_total (\d+)$/m.exec(metrics)?.[1]);
}
