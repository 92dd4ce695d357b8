import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import type { Ear, OpenBus } from '../../src/realtime/bus.ts';
import { topics } from '../../src/kernel/effects.ts';
import { dialects } from '../support/database.ts';
import { dial } from '../support/line.ts';
import { handshake, opcodes, openRawSocket, takeFrames } from '../support/raw-socket.ts';
import type { Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { connect, type TestSocket } from '../support/socket.ts';

/** A bus on which a person is listened to when the test says so: until then their connection is on its way in. */
function createHeldBus() {
  const held = new Map<string, PromiseWithResolvers<void>>();
  const asked = new Set<string>();
  let told: Ear | null = null;
  const openBus: OpenBus = async (ear) => (
    (told = ear),
    {
      hearsAll: false,
      lonely: true,
      publish() {},
      unlisten() {},
      close: async () => {},
      async listen(wanted) {
        for (const topic of wanted) asked.add(topic);
        for (const topic of wanted) await held.get(topic)?.promise;
      },
    }
  );
  return {
    openBus,
    gap: () => told?.gap('a test says so'),
    /** Holds the next connections of this person until what is answered is called. */
    hold({ userId }: Person): () => void {
      const topic = topics.person(userId);
      const gate = Promise.withResolvers<void>();
      held.set(topic, gate);
      asked.delete(topic);
      return () => (held.delete(topic), gate.resolve());
    },
    /** Everything was looked up, and they wait. */
    async isHeld({ userId }: Person): Promise<void> {
      while (!asked.has(topics.person(userId))) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('Whoever is on their way in', () => {
  const bus = createHeldBus();
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ dialect: dialects[0] ?? 'sqlite', openBus: bus.openBus, config: { socketConnectionsPerPerson: 2 } });
  });
  afterAll(() => server.stop());

  const address = (): string => `${server.url.replace('http', 'ws')}/api/chat/ws`;
  const shown = ({ token }: Person) => ({ authorization: `Bearer ${token}` });
  const knock = ({ token }: Person): WebSocket => new WebSocket(address(), { headers: { authorization: `Bearer ${token}` } } as unknown as string[]);
  /** All that a socket that is refused tells: its frames and why it was closed. */
  const endOf = (socket: WebSocket): Promise<{ frames: number; code: number; reason: string }> => {
    let frames = 0;
    socket.onmessage = () => frames++;
    return new Promise((resolve) => (socket.onclose = ({ code, reason }) => resolve({ frames, code, reason })));
  };
  async function arriving(person: Person): Promise<{ letIn: () => void; socket: Promise<TestSocket> }> {
    const letIn = bus.hold(person);
    const socket = connect(address(), shown(person));
    await bus.isHeld(person);
    return { letIn, socket };
  }

  test('hears what they were put into meanwhile, and nothing of what they were taken out of', async () => {
    const [ann, ben] = [await server.person('Ann'), await server.person('Ben')];
    const left = await ann.must('conversation.create', { title: 'Left', memberIds: [ben.userId] });
    const { letIn, socket } = await arriving(ben);
    const joined = await ann.must('conversation.create', { title: 'Joined', memberIds: [ben.userId] });
    await ann.must('member.remove', { conversationId: left.id, userId: ben.userId });
    letIn();
    const open = await socket;
    for (const { id: conversationId } of [left, joined]) await ann.must('message.send', { conversationId, content: 'Who hears it?' });
    expect((await open.news()).map(({ type, conversationId }) => [type, conversationId])).toEqual([['message.created', joined.id]]);
    expect(open.frames[0]).toMatchObject({ type: 'hello', data: { userId: ben.userId } });
    await open.close();
  });

  test('is told why they are not let in when they are banned meanwhile, and nothing else', async () => {
    const ann = await server.person('Ann');
    const letIn = bus.hold(ann);
    const end = endOf(knock(ann));
    await bus.isHeld(ann);
    const { user } = server.app.ports.store.tables;
    await server.app.ports.store.tx(async (db) => void (await db.update(user).set({ banned: true }).where(eq(user.id, ann.userId))));
    server.app.ports.apply([{ do: 'recheck', id: ann.userId }]);
    letIn();
    expect(await end).toEqual({ frames: 0, code: 4003, reason: 'banned' });
    expect(server.app.connectionsOf(ann.userId)).toBe(0);
  });

  test('hears nothing of somebody who blocked them meanwhile', async () => {
    const [ann, ben] = [await server.person('Ann'), await server.person('Ben')];
    await ann.must('conversation.create', { userId: ben.userId });
    const { letIn, socket } = await arriving(ben);
    await ann.must('block.add', { userId: ben.userId });
    letIn();
    const open = await socket;
    const mine = await ann.connect();
    expect(await open.everything()).toEqual([]);
    await Promise.all([mine.close(), open.close()]);
  });

  // Went wrong: only those who were in were looked up again, and whoever was about to be heard what they had lost the right to.
  test('is looked up again when news of other processes may have been missed meanwhile', async () => {
    const [ann, ben] = [await server.person('Ann'), await server.person('Ben')];
    const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] });
    const { letIn, socket } = await arriving(ben);
    const { store } = server.app.ports;
    const { conversationMember: member } = store.tables;
    // As another process does it whose news did not come.
    await store.tx(async (db) => void (await db.update(member).set({ leftAt: 1 }).where(eq(member.userId, ben.userId))));
    bus.gap();
    letIn();
    const open = await socket;
    await ann.must('message.send', { conversationId, content: 'without you' });
    expect((await open.everything()).map(({ type }) => type)).toEqual([]);
    await open.close();
  });

  test('is counted', async () => {
    const ann = await server.person('Ann');
    const { letIn, socket } = await arriving(ann);
    const second = connect(address(), shown(ann));
    while (server.app.connectionsOf(ann.userId) < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(await endOf(knock(ann))).toEqual({ frames: 0, code: 4008, reason: 'too many connections of one person' });
    letIn();
    await Promise.all([(await socket).close(), (await second).close()]);
    while (server.app.connectionsOf(ann.userId) > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('is forgotten when they go away before that', async () => {
    const [ann, ben] = [await server.person('Ann'), await server.person('Ben')];
    await ben.must('conversation.create', { userId: ann.userId });
    const theirs = await ben.connect();
    const letIn = bus.hold(ann);
    const { port } = new URL(server.url);
    const line = await dial(Number(port));
    line.write(handshake(ann.token));
    await bus.isHeld(ann);
    expect(server.app.connectionsOf(ann.userId)).toBe(1);
    line.destroy();
    await theirs.everything();
    letIn();
    while (server.app.connectionsOf(ann.userId) > 0) await new Promise((resolve) => setImmediate(resolve));
    await theirs.close();
  });

  test('hears of the end of the process as those do who were in', async () => {
    const own = await startServer({ dialect: dialects[0] ?? 'sqlite', openBus: bus.openBus });
    const ann = await own.person('Ann');
    const letIn = bus.hold(ann);
    const line = openRawSocket(Number(new URL(own.url).port), ann.token);
    await bus.isHeld(ann);
    const stopped = own.stop();
    letIn();
    const open = await line;
    await open.until(() => takeFrames(open.bytes).frames.some(({ opcode }) => opcode === opcodes.CLOSE));
    const close = takeFrames(open.bytes).frames.find(({ opcode }) => opcode === opcodes.CLOSE);
    expect(close?.payload.readUInt16BE(0)).toBe(1012);
    open.destroy();
    await stopped;
  });
});
