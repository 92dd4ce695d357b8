import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { commands } from '../../src/features/index.ts';
import type { Command } from '../../src/kernel/command.ts';
import { newId } from '../../src/lib/id.ts';
import { dialects, type Dialect } from '../support/database.ts';
import { answerSchema, asyncapi, complaint, documented, messages, openapi, operationsOf, type Operation } from '../support/documented.ts';
import type { Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Holds documents and behaviour together: what is documented is done, and what is answered is documented. */
for (const dialect of dialects) {
  describe(`The documented examples on ${dialect}`, () => examplesOn(dialect));
}

type Values = Record<string, unknown>;
type Scene = { ann: Person; ben: Person; cem: Person; ids: Record<string, string> };

function examplesOn(dialect: Dialect): void {
  let server: TestServer;
  /** For what changes nothing: reads and refusals. */
  let shared: Scene;
  beforeAll(async () => {
    server = await startServer({ dialect });
    shared = await stage(server);
  });
  const sceneFor = async ({ mode }: Command): Promise<Scene> => (mode === 'read' ? shared : stage(server));
  afterAll(() => server.stop());

  for (const command of commands) {
    for (const { summary, input } of command.examples) {
      for (const operation of operationsOf(command.name).filter(carries(input))) {
        test(`${operation.address}, ${summary}: the answer and the events are as documented`, async () => {
          const scene = await sceneFor(command);
          const response = await request(server, operation, filled(input, scene.ids), scene.ann.token);
          await expectDocumented(operation, response, true);
          await expectDocumentedFrames(scene);
        });
      }
      test(`${command.name} over the socket, ${summary}: the reply and the events are as documented`, async () => {
        const scene = await sceneFor(command);
        const reply = await callRaw(scene.ann, command.name, filled(input, scene.ids));
        expect(reply.ok, JSON.stringify(reply)).toBe(true);
        expect(complaintOf(`${command.name}.reply`, reply)).toBe('');
        await expectDocumentedFrames(scene);
      });
    }

    for (const operation of operationsOf(command.name)) {
      test(`${operation.address}: every refusal is documented`, async () => {
        const input = command.examples.find((example) => carries(example.input)(operation))?.input ?? {};
        for (const response of await refusals(server, operation, command, input, shared)) await expectDocumented(operation, response, false);
      });
    }

    test(`${command.name} over the socket: every refusal is documented`, async () => {
      const { ann, ids } = shared;
      const [example] = command.examples;
      const strange = filled(example?.input ?? {}, Object.fromEntries(Object.keys(ids).map((name) => [name, newId()])));
      for (const input of [strange, misfits(command), { ...filled(example?.input ?? {}, ids), conversationId: 7 }]) {
        const reply = await callRaw(ann, command.name, input);
        if (!reply.ok) expect(complaintOf('refused', reply)).toBe('');
      }
    });
  }

  test('frames that cannot be read are refused as documented', async () => {
    const { ann } = await stage(server);
    const socket = ann.socket ?? (await ann.connect());
    for (const frame of ['{', '[]', '{"id":1}', '{"id":{},"type":"person.me"}', '{"id":1,"type":"no.such"}']) {
      const refused = socket.frame((candidate) => candidate.ok === false);
      socket.send(frame);
      expect(complaintOf('refused', await refused)).toBe('');
    }
  });
}

test('signing up and in is answered as documented, refusals of the library included', async () => {
  const server = await startServer();
  const ann = { name: 'Ann', email: 'ann@example.com', password: 'correct horse battery' };
  const asked: [string, Values, number][] = [
    ['auth.signUp', ann, 200],
    ['auth.signUp', ann, 422],
    ['auth.signUp', { ...ann, name: '' }, 400],
    ['auth.signIn', ann, 200],
    ['auth.signIn', { ...ann, password: 'another one' }, 401],
  ];
  for (const [name, input, status] of asked) {
    const [operation] = operationsOf(name);
    if (!operation) throw new Error(`${name} is not documented`);
    const response = await request(server, operation, input, null);
    expect(response.status).toBe(status);
    const schema = answerSchema(operation, status) ?? {};
    expect(complaint(documented(schema, openapi.components.schemas, 'allowed'), await response.json())).toBe('');
  }
  await server.stop();
});

test('too many requests are refused as documented, with the headers that say how long to wait', async () => {
  const server = await startServer({ config: { rateReadsPerMinute: 1 } });
  const ann = await server.person('Ann');
  const [operation] = operationsOf('person.me');
  if (!operation) throw new Error('person.me has no operation');
  const first = await request(server, operation, {}, ann.token);
  const second = await request(server, operation, {}, ann.token);
  await expectDocumented(operation, first, true);
  expect(second.status).toBe(429);
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(second.headers.get('ratelimit-limit')).toBe('1');
  await expectDocumented(operation, second, false);
  await server.stop();
});

/** People, conversations and a message for the placeholders of the examples. Everybody who may hear something listens. */
async function stage(server: TestServer): Promise<Scene> {
  const orgId = await server.organisation('Team');
  const [ann, ben, cem] = await Promise.all([
    server.person('Ann', { orgId, role: 'owner' }),
    server.person('Ben', { orgId }),
    server.person('Cem', { orgId }),
  ]);
  const direct = await ann.must('conversation.create', { userId: ben.userId });
  const group = await ann.must('conversation.create', { title: 'Team', memberIds: [ben.userId] });
  // A second owner, so that the first may leave.
  await ann.must('member.update', { conversationId: group.id, userId: ben.userId, role: 'owner' });
  await ben.must('message.send', { conversationId: direct.id, content: 'before' });
  const message = await ann.must('message.send', { conversationId: direct.id, content: 'Hello!' });
  const poll = await ann.must('poll.create', { conversationId: direct.id, question: 'When?', options: ['Now', 'Later'] });
  // So that a vote can be taken back.
  await ann.must('poll.vote', { messageId: poll.id, optionIds: ['2'] });
  const key = await ann.must('key.create', { name: 'Shop', scopes: ['read'] });
  await Promise.all([ann.connect(), ben.connect(), cem.connect()]);
  return {
    ann,
    ben,
    cem,
    ids: {
      conversation: direct.id,
      group: group.id,
      message: message.id,
      poll: poll.id,
      person: ben.userId,
      other: cem.userId,
      organisation: orgId,
      key: key.id,
    },
  };
}

function filled(input: Values, ids: Record<string, string>): Values {
  return JSON.parse(JSON.stringify(input), (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/^\{(\w+)\}$/, (whole, name: string) => ids[name] ?? whole) : value,
  );
}

/** An operation can carry an input that has all its path parameters. */
const carries =
  (input: Values) =>
  ({ parameters = [] }: Operation): boolean =>
    parameters.every((parameter) => parameter.in !== 'path' || input[parameter.name] !== undefined);

type Sent = { body?: string; type?: string };

/** Sends an input the way the document says: each field where it belongs. */
function request(server: TestServer, operation: Operation, input: Values, token: string | null, sent: Sent = {}): Promise<Response> {
  const { method, path, parameters = [], requestBody } = operation;
  const names = (place: string): string[] => parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
  const address = names('path').reduce((text, name) => text.replace(`{${name}}`, encodeURIComponent(String(input[name]))), path);
  const query = new URLSearchParams(names('query').flatMap((name) => (input[name] === undefined ? [] : [[name, [input[name]].flat().join(',')]])));
  const inBody = Object.keys(requestBody?.content['application/json']?.schema.properties ?? {});
  const body = sent.body ?? (requestBody ? JSON.stringify(Object.fromEntries(inBody.map((name) => [name, input[name]]))) : undefined);
  return fetch(`${server.url}${address}?${query}`, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': sent.type ?? 'application/json' }),
    },
    ...(body !== undefined && { body }),
  });
}

/** What goes wrong from outside: nobody, a stranger, invented ids, misfitting fields, and bodies that are none. */
function refusals(server: TestServer, operation: Operation, command: Command, input: Values, { ann, cem, ids }: Scene): Promise<Response[]> {
  const real = filled(input, ids);
  const invented = filled(input, Object.fromEntries(Object.keys(ids).map((name) => [name, newId()])));
  const bodies: Sent[] = [{ body: '{' }, { body: '[]' }, { body: '{}', type: 'text/plain' }, { body: `{"x":"${'x'.repeat(300_000)}"}` }];
  return Promise.all([
    request(server, operation, real, null),
    request(server, operation, real, 'no-such-token'),
    request(server, operation, real, cem.token),
    request(server, operation, invented, ann.token),
    request(server, operation, { ...real, ...misfits(command) }, ann.token),
    ...(operation.method === 'GET' ? [] : bodies.map((sent) => request(server, operation, real, ann.token, sent))),
  ]);
}

const misfits = (command: Command): Values => Object.fromEntries(Object.keys(command.input.shape).map((field) => [field, { not: 'this' }]));

async function expectDocumented(operation: Operation, response: Response, good: boolean): Promise<void> {
  const text = await response.text();
  const what = `${operation.address} ${response.status} ${text.slice(0, 300)}`;
  if (good) expect(response.ok, what).toBe(true);
  expect(Object.keys(operation.responses), what).toContain(String(response.status));
  expect(response.headers.get('x-request-id'), what).toBeString();
  const schema = answerSchema(operation, response.status);
  if (!schema) return expect(text).toBe('');
  const body: unknown = JSON.parse(text);
  expect(complaint(documented(schema, openapi.components.schemas), body)).toBe('');
  if (!response.ok) expect(schema.properties?.error?.properties?.code?.enum, what).toContain((body as { error: { code: string } }).error.code);
}

/** Every frame that anybody got since they connected. */
async function expectDocumentedFrames({ ann, ben, cem }: Scene): Promise<void> {
  for (const { socket } of [ann, ben, cem]) {
    await socket?.news();
    for (const frame of socket?.frames ?? []) {
      if ('re' in frame) continue;
      const name = frame.type === 'hello' ? 'hello' : frame.type === 'pong' ? 'ping.reply' : `event.${frame.type}`;
      expect(complaintOf(name, frame)).toBe('');
    }
  }
}

function complaintOf(name: string, frame: unknown): string {
  const message = messages[name];
  return message ? complaint(documented(message.payload, asyncapi.components.schemas), frame) : `${name} is not documented: ${JSON.stringify(frame)}`;
}

/** The reply as it stands on the wire. */
async function callRaw(person: Person, type: string, data: Values): Promise<{ ok: boolean }> {
  const socket = person.socket ?? (await person.connect());
  const reply = socket.frame((frame) => frame.re === 'probe');
  socket.send(JSON.stringify({ id: 'probe', type, data }));
  return reply;
}
