import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { commands } from '../../src/features/index.ts';
import { newId } from '../../src/lib/id.ts';
import { closeCodes, errorTable, type ErrorCode } from '../../src/wire/errors.ts';
import { dialects } from '../support/database.ts';
import { objectText } from '../support/junk.ts';
import { fill, frames, requests, type OddRequest, type Scene } from '../support/odd-input.ts';
import type { Person } from '../support/person.ts';
import { SEARCH_TIMEOUT_MS, searching } from '../support/property.ts';
import { startServer, type TestServer } from '../support/server.ts';
import type { TestSocket } from '../support/socket.ts';

for (const dialect of dialects) {
  describe(`Whatever is sent to a server on ${dialect}`, () => {
    let server: TestServer;
    let [fred, pat, olga, ann, ben] = [] as unknown as [Person, Person, Person, Person, Person];
    let talk: ReturnType<typeof keepTalking>;
    const thrown: unknown[] = [];
    const note = (error: unknown): void => void thrown.push(error);

    beforeAll(async () => {
      process.on('unhandledRejection', note).on('uncaughtException', note);
      server = await startServer({ dialect, config: { rateLimits: false } });
      const people = await Promise.all(['Fred', 'Pat', 'Olga', 'Ann', 'Ben'].map((name) => server.person(name)));
      [fred, pat, olga, ann, ben] = people as typeof people & [Person, Person, Person, Person, Person];
      talk = keepTalking(ann, ben);
      await talk.begun;
    });
    afterAll(async () => {
      await talk.stop();
      await server.stop();
      process.off('unhandledRejection', note).off('uncaughtException', note);
    });

    test(
      'frames: each is answered, and with nothing but what the tables know',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(frames, { minLength: 1, maxLength: 25, size: 'max' }), async (texts) => {
            const scene = await newScene();
            expect(await wrongAnswers(texts.map((text) => fill(text, scene)))).toEqual([]);
            expect(failures()).toEqual([]);
          }),
          searching(10),
        );
      },
      SEARCH_TIMEOUT_MS,
    );

    test(
      'requests: each is answered, and with nothing but what the tables know',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 15, size: 'max' }), async (list) => {
            const scene = await newScene();
            expect((await Promise.all(list.map((request) => wrongResponse(request, scene)))).flat()).toEqual([]);
            expect(failures()).toEqual([]);
          }),
          searching(15),
        );
      },
      SEARCH_TIMEOUT_MS,
    );

    test(
      'bytes that are no HTTP and no WebSocket hurt nobody',
      async () => {
        const { hostname, port } = new URL(server.url);
        const hello = `GET /api/chat/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${fred.token}\r\n\r\n`;
        await fc.assert(
          fc.asyncProperty(fc.array(oddBytes(hello), { minLength: 1, maxLength: 8 }), async (list) => {
            const connections = await Promise.all(
              list.map(async (bytes) => {
                const socket = await Bun.connect({ hostname, port: Number(port), socket: { data: () => undefined, error: () => undefined } });
                socket.write(bytes);
                socket.flush();
                return socket;
              }),
            );
            expect((await fred.http('person.me')).ok).toBe(true);
            for (const socket of connections) socket.terminate();
            expect(failures()).toEqual([]);
          }),
          searching(10),
        );
      },
      SEARCH_TIMEOUT_MS,
    );

    test(
      'memory does not run away',
      async () => {
        const texts = fc.sample(frames, { numRuns: 50, seed: 1 });
        const round = async (): Promise<number> => {
          for (let n = 0; n < 10; n++) await wrongAnswers(texts);
          failures();
          Bun.gc(true);
          return process.memoryUsage().heapUsed;
        };
        await round();
        const [before, after] = [await round(), await round()];
        expect((after - before) / 1_000_000).toBeLessThan(20);
      },
      SEARCH_TIMEOUT_MS,
    );

    test('and all the while two others talked undisturbed, and nothing was thrown', async () => {
      expect(await talk.stop()).toBeGreaterThan(20);
      expect(thrown).toEqual([]);
      expect(server.app.connectionsOf(fred.userId)).toBe(0);
    });

    async function newScene(): Promise<Scene> {
      server.log.length = 0;
      // What was sent before may have blocked them.
      for (const { userId } of [pat, olga]) await fred.must('block.remove', { userId });
      const [group, conversation] = await Promise.all([
        fred.must('conversation.create', { title: 'G', memberIds: [pat.userId] }),
        fred.must('conversation.create', { userId: pat.userId }),
      ]);
      const message = await fred.must('message.send', { conversationId: conversation.id, content: 'x' });
      const poll = await fred.must('poll.create', { conversationId: conversation.id, question: 'When?', options: ['Now', 'Later'] });
      return {
        group: group.id,
        conversation: conversation.id,
        message: message.id,
        poll: poll.id,
        theirs: talk.conversationId(),
        person: pat.userId,
        other: olga.userId,
        nobody: newId(),
      };
    }

    /** Sends frames through a socket of their own and tells which of them were not answered as they should be. */
    async function wrongAnswers(texts: string[]): Promise<unknown[]> {
      const socket = await fred.connect();
      for (const text of texts) socket.send(text);
      socket.send('{"type":"ping"}');
      const answers = (): any[] => socket.frames.filter((frame) => 're' in frame || frame.type === 'pong');
      const all = (): boolean => answers().length === texts.length + 1;
      const end = all() ? null : await Promise.race([socket.frame(all).then(() => null), socket.closed]);
      if (end === null) await socket.close();
      else if (!(end.code in closeCodes) || !texts.some((text) => Buffer.byteLength(text) > LARGEST_FRAME_BYTES))
        return [{ what: `closed with ${end.code} ${end.reason}`, texts }];
      return answers().flatMap((answer) => wrongIn(answer, texts));
    }

    /** The errors that were logged since the last look. */
    function failures(): unknown[] {
      return server.log.splice(0).filter((line) => line.level === 'error' || line.code === 'internal');
    }

    async function wrongResponse(
      { command, route, fields, method, path, query, body, contentType, idempotencyKey }: OddRequest,
      scene: Scene,
    ): Promise<unknown[]> {
      const named = Object.fromEntries(fields);
      const value = (name: string): string =>
        fill(named[name] ?? '"{group}"', scene)
          .replace(/^"|"$/g, '')
          .slice(0, 500);
      const address = route.path.replace(/:(\w+)/g, (_, name: string) => (path === null ? encodeURIComponent(value(name)) : fill(path, scene)));
      const verb = method ?? [route.method].flat()[0]?.toUpperCase() ?? 'GET';
      const reads = verb === 'GET' || verb === 'HEAD';
      const search = query ?? (reads ? new URLSearchParams(fields.map(([name]) => [name, value(name)])).toString() : '');
      const headers = {
        authorization: `Bearer ${fred.token}`,
        ...(!reads && { 'content-type': contentType ?? 'application/json' }),
        ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }),
      };
      const sent = reads ? undefined : fill(body ?? objectText(fields), scene);
      const said = { request: `${verb} ${address}?${search}`, headers, body: sent?.slice(0, 2_000) };
      const response = await fetch(`${server.url}/api/chat${address}?${search}`, {
        method: verb,
        headers,
        ...(sent !== undefined && { body: sent }),
      });
      const text = await response.text();
      if (!new URL(response.url).pathname.startsWith('/api/')) return response.status < 500 ? [] : [{ said, text }];
      if (response.status === 204 || verb === 'HEAD') return text === '' && response.status < 500 ? [] : [{ said, status: response.status, text }];
      if (!response.headers.get('content-type')?.startsWith('application/json')) return [{ said, status: response.status, text }];
      const answer = JSON.parse(text);
      if (!response.ok)
        return errorTable[answer.error?.code as ErrorCode]?.status === response.status
          ? wrongIn({ ok: false, ...answer }, said)
          : [{ said, status: response.status, answer }];
      return method === null && path === null ? wrongIn({ re: command, ok: true, data: answer }, said) : [];
    }
  });
}

const LARGEST_FRAME_BYTES = 64 * 1024;

/** What is wrong with an answer to something odd: not in the table, not as the documents say, or our own failure. */
function wrongIn(answer: any, asked: unknown): unknown[] {
  if (answer.type === 'pong') return [];
  if (answer.ok === true) {
    const output = commands.find((command) => command.name === answer.re)?.output;
    const parsed = output?.safeParse(answer.data);
    return parsed?.success === false
      ? [{ what: `an answer of ${answer.re} that is not what it promises`, issues: parsed.error.issues, answer, asked }]
      : [];
  }
  const { code, message, requestId } = answer.error ?? {};
  const known = code in errorTable && code !== 'internal' && typeof message === 'string' && typeof requestId === 'string';
  return known ? [] : [{ answer, asked }];
}

/** Two people who send and hear without a pause, one message at a time. */
function keepTalking(ann: Person, ben: Person) {
  let conversationId = '';
  let stopping = false;
  let sent = 0;
  const begun = Promise.withResolvers<void>();

  async function talk(): Promise<void> {
    ({ id: conversationId } = await ann.must('conversation.create', { userId: ben.userId }));
    const ears: TestSocket = await ben.connect();
    begun.resolve();
    while (!stopping) {
      const heard = ears.frame((frame) => frame.type === 'message.created');
      const answer = await ann.must('message.send', { conversationId, content: `${sent}` }, sent % 2 === 0 ? 'socket' : 'http');
      const event = await heard;
      if (answer.seq !== ++sent || event.data.seq !== sent || event.rev !== sent + 1)
        throw new Error(`heard ${JSON.stringify(event)} as number ${sent}`);
      ears.frames.length = ears.events.length = 0;
    }
  }

  const talking = talk();
  return {
    begun: begun.promise,
    conversationId: (): string => conversationId,
    async stop(): Promise<number> {
      stopping = true;
      await talking;
      await Promise.all([ann.disconnect(), ben.disconnect()]);
      return sent;
    },
  };
}

/** Beginnings of requests, and frames that break the rules of RFC 6455: unmasked, reserved, too long, cut in pieces, not UTF-8. */
function oddBytes(hello: string): fc.Arbitrary<Uint8Array> {
  const after = (bytes: number[]): Uint8Array => Buffer.concat([Buffer.from(hello), Buffer.from(bytes)]);
  const frames = [
    [0x81, 1, 65],
    [0x83, 0x80, 0, 0, 0, 0],
    [0xf1, 0x80, 0, 0, 0, 0],
    [0x80, 0x81, 0, 0, 0, 0, 65],
    [0x01, 0x81, 0, 0, 0, 0, 65, 0x81, 0x80, 0, 0, 0, 0],
    [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe],
    [0x81, 0xff, 127, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0],
    [0x89, 0xfe, 1, 0, 0, 0, 0, 0],
    [0x88, 0x81, 0, 0, 0, 0, 3],
    [0x88, 0x82, 0, 0, 0, 0, 0xff, 0xff],
  ];
  const lines = [
    '\r\n',
    'FOO /api/chat/me HTTP/1.1\r\nHost: x\r\n\r\n',
    'TRACE /api/chat/me HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\n\r\n',
    'GET /api/chat/me HTTP/9.9\r\n\r\n',
    'GET  HTTP/1.1\r\n\r\n',
    'GET /api/chat/me HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n',
    'POST /api/chat/sync HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'POST /api/chat/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{',
    `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET / HTTP/1.1\r\n${'X-A: b\r\n'.repeat(3_000)}\r\n`,
  ];
  return fc.oneof(
    fc.constantFrom(...frames).map(after),
    fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }).map(after),
    fc.constantFrom(...lines).map((line) => Buffer.from(line)),
    fc.uint8Array({ maxLength: 200 }),
  );
}
