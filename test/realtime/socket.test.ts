import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { ConfigInput } from '../../src/config.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { dialects } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { connect } from '../support/socket.ts';

const config: ConfigInput = {
  socketFrameMaxBytes: 2_000,
  socketFramesPerSecond: 10,
  socketFramesBurst: 20,
  socketPendingMax: 200,
  socketConnectionsPerPerson: 3,
  socketSubscriptionsMax: 2,
};

describe('The socket', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ dialect: dialects[0] ?? 'sqlite', config });
  });
  afterAll(() => server.stop());

  const address = (): string => `${server.url.replace('http', 'ws')}/api/chat/ws`;
  const closeCodeOf = (socket: WebSocket): Promise<number> => new Promise((resolve) => (socket.onclose = ({ code }) => resolve(code)));
  const open = (url: string, headers: Record<string, string>): WebSocket => new WebSocket(url, { headers } as unknown as string[]);

  test('says hello first, with what a client needs to know', async () => {
    const ann = await server.person('Ann');
    const socket = await ann.connect();
    expect(socket.frames[0]).toMatchObject({ type: 'hello' });
    expect(socket.hello).toMatchObject({
      connectionId: expect.any(String),
      userId: ann.userId,
      epoch: server.app.ports.epoch(),
      serverTime: server.clock.now(),
      heartbeatMs: 30_000,
      limits: { frameBytes: 2_000, framesPerSecond: 10, framesBurst: 20 },
    });
  });

  test('says it once: whoever comes into a conversation hears it without being looked up again', async () => {
    const [ann, ben] = [await server.person('Ann'), await server.person('Ben')];
    const socket = await ben.connect();
    const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] });
    await ann.must('message.send', { conversationId, content: 'Hello' });
    await socket.event('message.created');
    await server.app.jobsDone();
    await ben.must('person.me', {}, 'socket');
    expect(socket.frames.filter(({ type }) => type === 'hello')).toHaveLength(1);
  });

  test('serves clients with and without the subprotocol', async () => {
    const ann = await server.person('Ann');
    const headers = { authorization: `Bearer ${ann.token}` };
    const plain = open(address(), headers);
    await new Promise((resolve) => (plain.onmessage = resolve));
    expect(plain.protocol).toBe('');
    plain.close();
    const named = new WebSocket(address(), { headers, protocols: ['other', 'chinwag.v1'] } as unknown as string[]);
    await new Promise((resolve) => (named.onopen = resolve));
    expect(named.protocol).toBe('chinwag.v1');
    named.close();
  });

  test('answers what is wrong with a frame and goes on', async () => {
    const ann = await server.person('Ann');
    const socket = await ann.connect();
    const wrong: [string, unknown, string][] = [
      ['not json', null, 'protocol_error'],
      ['[]', null, 'protocol_error'],
      ['null', null, 'protocol_error'],
      ['{"id":{},"type":"sync"}', null, 'protocol_error'],
      ['{"type":"sync"}', null, 'protocol_error'],
      ['{"id":7}', 7, 'protocol_error'],
      ['{"id":8,"type":"sync","data":[]}', 8, 'protocol_error'],
      ['{"id":"nine","type":"no.such"}', 'nine', 'unknown_command'],
      ['{"id":10,"type":"__proto__"}', 10, 'unknown_command'],
      ['{"id":11,"type":"message.send","data":{"__proto__":{"content":"x"}}}', 11, 'invalid_input'],
    ];
    for (const [frame, re, code] of wrong) {
      const answer = socket.frame((candidate) => 're' in candidate);
      socket.send(frame);
      expect([frame, await answer]).toMatchObject([frame, { re, ok: false, error: { code, requestId: expect.any(String) } }]);
    }
    expect(await socket.call('person.me')).toMatchObject({ ok: true, data: { id: ann.userId } });
  });

  test('closes with 4011 on binary frames and on frames over the limit', async () => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const [binary, large] = [await ann.connect(), await ben.connect()];
    binary.send(new Uint8Array([1, 2, 3]));
    expect((await binary.closed).code).toBe(4011);
    const fits = JSON.stringify({ id: 1, type: 'nothing', data: { x: '' } });
    const answered = large.frame((frame) => frame.re === 1);
    large.send(JSON.stringify({ id: 1, type: 'nothing', data: { x: 'y'.repeat(2_000 - fits.length) } }));
    expect(await answered).toMatchObject({ error: { code: 'unknown_command' } });
    const refused = large.frame((frame) => frame.re === null);
    large.send(JSON.stringify({ id: 2, type: 'nothing', data: { x: 'y'.repeat(2_001 - fits.length) } }));
    expect(await refused).toMatchObject({ error: { code: 'payload_too_large' } });
    expect((await large.closed).code).toBe(4011);
  });

  test('closes with 4008 whoever sends more frames than the budget', async () => {
    const ann = await server.person('Ann');
    const socket = await ann.connect();
    const pongs = (): number => socket.frames.filter((frame) => frame.type === 'pong').length;
    for (let n = 0; n < 20; n++) socket.send('{"type":"ping"}');
    await socket.frame((frame) => frame.type === 'pong' && pongs() === 20);
    server.clock.advance(1_000);
    for (let n = 0; n < 10; n++) socket.send('{"type":"ping"}');
    await socket.frame((frame) => frame.type === 'pong' && pongs() === 30);
    socket.send('{"type":"ping"}');
    expect((await socket.closed).code).toBe(4008);
  });

  test('closes one connection too many of a person with 4008', async () => {
    const ann = await server.person('Ann');
    const three = await Promise.all([1, 2, 3].map(() => connect(address(), { authorization: `Bearer ${ann.token}` })));
    const fourth = open(address(), { authorization: `Bearer ${ann.token}` });
    expect(await closeCodeOf(fourth)).toBe(4008);
    await Promise.all(three.map((socket) => socket.close()));
  });

  test('answers in the order of the frames, sends and reads mixed', async () => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
    const socket = await ann.connect();
    const calls = Array.from({ length: 18 }, (_, i) =>
      i % 4 === 3 ? socket.call('message.list', { conversationId, limit: 1 }) : socket.call('message.send', { conversationId, content: `${i}` }),
    );
    const answers = await Promise.all(calls);
    const order = socket.frames.filter((frame) => 're' in frame).map((frame) => frame.re);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    const seqs = answers.flatMap((answer, i) => (answer.ok && i % 4 !== 3 ? [answer.data.seq] : []));
    expect(seqs).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    // A read sees every send before it and none after it.
    answers.forEach((answer, i) => {
      if (i % 4 === 3 && answer.ok) expect(answer.data.items[0].content).toBe(`${i - 1}`);
    });
    // The sender hears of the message before the answer, as everybody does.
    const first = socket.frames.findIndex((frame) => frame.type === 'message.created');
    expect(first).toBeLessThan(socket.frames.findIndex((frame) => frame.re === 1));
  });

  test('hears its most recently active conversations, up to the limit', async () => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const groups: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { id } = await ann.must('conversation.create', { title: `${n}`, memberIds: [ben.userId] });
      await ann.must('message.send', { conversationId: id, content: 'x' });
      server.clock.advance(1);
      groups.push(id);
    }
    const socket = await ben.connect();
    for (const conversationId of groups) await ann.must('message.send', { conversationId, content: 'y' });
    expect((await socket.news()).map((event) => event.conversationId)).toEqual([groups[1] ?? '', groups[2] ?? '']);
  });

  test('a ticket opens one socket, once, and not for long', async () => {
    const ann = await server.person('Ann');
    const { ticket } = await ann.must('socket.ticket');
    const socket = await connect(`${address()}?ticket=${ticket}`);
    expect(socket.hello.userId).toBe(ann.userId);
    expect(await socket.call('person.me')).toMatchObject({ ok: true });
    await socket.close();
    expect(await closeCodeOf(open(`${address()}?ticket=${ticket}`, {}))).toBe(4001);
    const late = await ann.must('socket.ticket');
    server.clock.advance(30_001);
    expect(await closeCodeOf(open(`${address()}?ticket=${late.ticket}`, {}))).toBe(4001);
  });

  test('closes with 4001 whoever is not signed in, and answers plain HTTP with 426', async () => {
    expect(await closeCodeOf(open(address(), {}))).toBe(4001);
    expect(await closeCodeOf(open(address(), { authorization: 'Bearer nonsense' }))).toBe(4001);
    const response = await fetch(`${server.url}/api/chat/ws`);
    expect([response.status, (await response.json()).error.code]).toEqual([426, 'upgrade_required']);
  });

  test(
    'cuts a reader who does not read',
    async () => {
      const own = await startServer({ dialect: dialects[0] ?? 'sqlite', config: { socketBackpressureMaxBytes: 65_536, rateLimits: false } });
      const [ann, ben] = await Promise.all([own.person('Ann'), own.person('Ben')]);
      const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
      const { hostname, port } = new URL(own.url);
      let received = 0;
      // A raw connection that stops reading after the handshake.
      const raw = await Bun.connect({
        hostname,
        port: Number(port),
        socket: {
          data(socket, chunk) {
            received += chunk.length;
            if (received > 0) socket.pause();
          },
        },
      });
      raw.write(
        `GET /api/chat/ws HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${ben.token}\r\n\r\n`,
      );
      while (own.app.connectionsOf(ben.userId) === 0) await new Promise((resolve) => setImmediate(resolve));
      const content = 'x'.repeat(3_900);
      for (let n = 0; n < 5_000 && own.app.connectionsOf(ben.userId) > 0; n += 20) {
        await Promise.all(Array.from({ length: 20 }, () => ann.must('message.send', { conversationId, content })));
        own.clock.advance(6_000);
      }
      expect(own.app.connectionsOf(ben.userId)).toBe(0);
      expect((await ann.must('message.list', { conversationId, limit: 1 })).items).toHaveLength(1);
      raw.terminate();
      await own.stop();
    },
    PATIENCE_MS,
  );

  test('sends everybody away with 1012 and a time to come back when it stops', async () => {
    const own = await startServer({ dialect: dialects[0] ?? 'sqlite' });
    const people = await Promise.all([1, 2, 3, 4].map((n) => own.person(`P${n}`)));
    const sockets = await Promise.all(people.map((person) => person.connect()));
    const stopped = own.app.stop();
    const closes = await Promise.all(sockets.map((socket) => socket.closed));
    expect(closes.map((close) => close.code)).toEqual([1012, 1012, 1012, 1012]);
    for (const { reason } of closes) expect(JSON.parse(reason).retryAfter).toBeWithin(0, 3.001);
    await stopped;
    await own.database.drop();
  });
});
