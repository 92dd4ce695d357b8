// `bun test ./bench/load.test.ts`: not one of the project's tests, since it needs a C compiler.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { buildClient, load, type Line } from './load.ts';
import type { Peer } from './peer.ts';

/** The limit's protocol with a fault: what it does with one message, the fifth of a sender. */
type Fault = 'none' | 'lost' | 'twice' | 'overtaken' | 'unanswered';

const lines: Line[] = Array.from({ length: 6 }, (_, i) => ({ conversation: `room-${i % 2}`, sends: i < 4, token: null }));
const servers: { stop(): void }[] = [];
const hasCompiler = ['cc', 'gcc', 'clang'].some((name) => Bun.which(name));

function faulty(fault: Fault): Peer {
  let held = '';
  let count = 0;
  const server = Bun.serve<{ room: string }>({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, listening) =>
      listening.upgrade(request, { data: { room: new URL(request.url).searchParams.get('rooms') ?? '' } }) ? undefined : new Response(null),
    websocket: {
      open(socket) {
        socket.subscribe(socket.data.room);
        socket.send('{"type":"hello"}');
      },
      message(socket, text) {
        const { id, data } = JSON.parse(String(text));
        const frame = JSON.stringify({ type: 'message.created', data });
        const fifth = data.content.startsWith('#0:5:') && ++count === 1;
        const say = (one: string): void => void server.publish(data.conversationId, one);
        if (fifth && fault === 'overtaken') held = frame;
        else if (!fifth || fault !== 'lost') say(frame);
        if (fifth && fault === 'twice') say(frame);
        if (held && held.includes(data.conversationId) && data.content.startsWith('#0:6:')) {
          say(held);
          held = '';
        }
        if (!fifth || fault !== 'unanswered') socket.send(JSON.stringify({ re: id, ok: true }));
      },
    },
  });
  servers.push({ stop: () => void server.stop(true) });
  const unused = {
    restart: () => Promise.reject(new Error('not of this peer')),
    stop: async () => undefined,
    fill: async () => ({ tokens: [], conversations: [] }),
  };
  return {
    ...unused,
    name: 'limit',
    adapter: 'limit',
    port: server.port ?? 0,
    pid: 0,
    keepsOrder: true,
    collects: false,
    firstAnswerMs: 0,
    messages: '',
  };
}

describe.skipIf(!hasCompiler)('the load client', () => {
  beforeAll(buildClient);
  afterAll(() => servers.forEach((server) => server.stop()));
  const send = (fault: Fault) => load('load', faulty(fault), lines, { sends: 40, 'in-flight': 4, bytes: 70_000 / 20, 'quiet-seconds': 1 });

  test('counts every delivery', async () => {
    const { sends, deliveries, disordered } = await send('none');
    expect({ sends, deliveries, disordered }).toEqual({ sends: 160, deliveries: 480, disordered: 0 });
  });
  test('fails when a delivery is lost', () => expect(send('lost')).rejects.toThrow('"lost":3'));
  test('fails when a delivery comes twice', () => expect(send('twice')).rejects.toThrow('"twice":3'));
  test('fails when one message overtakes another', () => expect(send('overtaken')).rejects.toThrow('out of order'));
  test('fails when a send is not answered', () => expect(send('unanswered')).rejects.toThrow('"unanswered":'));
});
