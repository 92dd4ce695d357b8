import { describe, expect, test } from 'bun:test';
import { asc, eq, inArray } from 'drizzle-orm';
import { commands } from '../../src/features/index.ts';
import type { Command } from '../../src/kernel/command.ts';
import type { Answer, Person } from '../support/person.ts';
import { messageRows, memberRows } from '../support/rows.ts';
import { scenarios, type Scene } from '../support/scenario.ts';
import type { TestServer } from '../support/server.ts';
import { decisions, type Decision, type Outcome } from './outsiders.decisions.ts';

type Ids = Record<string, string>;
type Kind = keyof Decision;

/** Names that colleagues may see, and words that only members may. */
const NAMES = 'Known';
const WORDS = 'Secret';

/** What the examples of the commands are about, one value for each placeholder, and the people who should reach none of it. */
async function stage({ server }: Scene) {
  const orgId = await server.organisation(`${NAMES} club`);
  const join = (name: string, role: 'owner' | 'member' = 'member') => server.person(name, { orgId, role });
  const [ann, ben, cem] = await Promise.all([join(`${NAMES} Ann`, 'owner'), join(`${NAMES} Ben`), join(`${NAMES} Cem`)]);
  const [removed, expelled] = await Promise.all([join('Rob'), join('Exa')]);
  const group = await ann.must('conversation.create', {
    title: `${WORDS} plans`,
    memberIds: [ben.userId, removed.userId, expelled.userId],
  });
  const direct = await ann.must('conversation.create', { userId: ben.userId });
  const inDirect = await ann.must('message.send', { conversationId: direct.id, content: `${WORDS} words` });
  const inGroup = await ann.must('message.send', { conversationId: group.id, content: `${WORDS} words of the group` });
  const ask = (conversationId: string) => ann.must('poll.create', { conversationId, question: `${WORDS} question`, options: ['Now', 'Later'] });
  const [pollInDirect, pollInGroup] = [await ask(direct.id), await ask(group.id)];
  const { id: key } = await ann.must('key.create', { name: `${WORDS} key`, scopes: ['read'] });
  await ann.must('member.remove', { conversationId: group.id, userId: removed.userId });
  const hers = await ann.connect();
  await ann.must('person.remove', { userId: expelled.userId });
  // Soon after, a job takes them out of the conversations as well; from then on nothing moves here by itself.
  await hers.event('member.removed', ({ data }) => data.userId === expelled.userId);
  const ids: Ids = {
    conversation: direct.id,
    group: group.id,
    message: inDirect.id,
    poll: pollInDirect.id,
    person: ben.userId,
    other: cem.userId,
    organisation: orgId,
    key,
  };
  const people: Record<Kind, Person> = {
    outsider: await join('Eve'),
    removed,
    stranger: await server.person('Mallory', { orgId: await server.organisation('Elsewhere'), role: 'owner' }),
    expelled,
  };
  // Whoever was removed is asked about the conversation that they were in, and a message that they have read.
  const hadIds = { ...ids, conversation: group.id, message: inGroup.id, poll: pollInGroup.id };
  return { ann, ben, people, ids, idsOf: (kind: Kind): Ids => (kind === 'removed' ? hadIds : ids) };
}

function filled(command: Command, input: Record<string, unknown>, ids: Ids): Record<string, unknown> {
  return JSON.parse(JSON.stringify(input), (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/^\{(\w+)\}$/, (_whole, name: string) => ids[name] ?? unknown(command, name)) : value,
  );
}

function unknown({ name }: Command, placeholder: string): never {
  throw new Error(
    `${name} has {${placeholder}} in an example: give it a value in stage() of test/scenarios/outsiders.test.ts, something that outsiders may not reach.`,
  );
}

/** Every example of every command: a new one has no way around this. */
async function* everyCall(who: Person, { door }: Scene, ids: Ids) {
  for (const command of commands) {
    for (const [i, { input }] of command.examples.entries()) {
      const through = command.http.length === 0 ? 'socket' : door;
      yield { command, example: i, answer: await who.by(through, command.name, filled(command, input, ids)) };
    }
  }
}

const outcomeOf = (answer: Answer): Outcome => (answer.ok ? 'ok' : answer.error.code);

function decided(command: string, kind: Kind, example: number): Outcome | undefined {
  const outcomes = decisions[command]?.[kind];
  return Array.isArray(outcomes) ? outcomes[example] : outcomes;
}

describe('Every command', () => {
  test('has a line that says what outsiders get', () => {
    const forgotten = commands.filter(({ name }) => !(name in decisions)).map(({ name }) => name);
    expect(
      forgotten,
      'These commands have no line in test/scenarios/outsiders.decisions.ts: say there what an outsider, a removed member, a stranger and ' +
        'somebody expelled get. For most commands about a conversation it is `inside`, about oneself `oneself`.',
    ).toEqual([]);
    const names = new Set(commands.map(({ name }) => name));
    expect(Object.keys(decisions).filter((name) => !names.has(name))).toEqual([]);
  });

  test('has an example, because the examples are what outsiders try', () => {
    expect(commands.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
    const wrong = commands.filter(({ name, examples }) =>
      Object.values(decisions[name] ?? {}).some((outcomes) => Array.isArray(outcomes) && outcomes.length !== examples.length),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

scenarios('Outsiders', (scenario) => {
  const walks: [Kind, string, RegExp][] = [
    ['outsider', 'a colleague who is a member of nothing gets what the table says, and nothing of conversations', /Secret/],
    ['removed', 'whoever was removed from a conversation gets what the table says, and nothing of it any more', /Secret/],
    ['stranger', 'the owner of another organisation gets what the table says, and nothing of this one', /Secret|Known/],
    ['expelled', 'whoever was removed from the organisation gets what the table says, and nothing of it any more', /Secret|Known/],
  ];
  for (const [kind, sentence, hidden] of walks) {
    scenario(sentence, async (scene) => {
      const { ids, idsOf, ann, people } = await stage(scene);
      const who = people[kind];
      const heard = await who.connect();
      const before = await rowsOf(scene.server, ids);
      for await (const { command, example, answer } of everyCall(who, scene, idsOf(kind))) {
        expect([command.name, example, outcomeOf(answer)]).toEqual([command.name, example, decided(command.name, kind, example) ?? 'undecided']);
        expect([command.name, JSON.stringify(answer)]).toEqual([command.name, expect.not.stringMatching(hidden)]);
      }
      expect(await rowsOf(scene.server, ids)).toEqual(before);
      await ann.must('message.send', { conversationId: ids.conversation, content: `${WORDS} again` });
      await ann.must('message.send', { conversationId: ids.group, content: `${WORDS} again` });
      expect(JSON.stringify(await heard.everything())).not.toMatch(hidden);
    });
  }

  scenario('whoever is banned is refused by every command, and by the socket', async (scene) => {
    const { ids, ben } = await stage(scene);
    const { store, apply } = scene.server.app.ports;
    const socket = await ben.connect();
    await store.tx(async (db) => void (await db.update(store.tables.user).set({ banned: true }).where(eq(store.tables.user.id, ben.userId))));
    // As better-auth's ban does through the adapter: nothing about the person is believed any longer.
    apply([{ do: 'recheck', id: ben.userId }]);
    expect((await socket.closed).code).toBe(4003);
    expect(await ben.refusal()).toContain('4003');
    await expectRefused(ben, ids, { status: 403, error: { code: 'banned' } });
  });

  scenario('whoever is not signed in is refused by every command, and by the socket', async (scene) => {
    const { ids } = await stage(scene);
    const nobody = scene.server.holder('nothing');
    expect(await nobody.refusal()).toContain('4001');
    await expectRefused(nobody, ids, { status: 401, error: { code: 'unauthenticated' } });
  });
});

/** Every example of every command that HTTP reaches; the others need the socket, which was refused. */
async function expectRefused(who: Person, ids: Ids, refusal: object): Promise<void> {
  for (const command of commands) {
    if (command.http.length === 0) continue;
    for (const { input } of command.examples)
      expect([command.name, await who.http(command.name, filled(command, input, ids))]).toMatchObject([command.name, { ok: false, ...refusal }]);
  }
}

/** What outsiders must leave as it is. */
async function rowsOf({ app }: TestServer, ids: Ids) {
  const { store } = app.ports;
  const { conversation, apikey, member, user } = store.tables;
  const conversationIds = [ids.conversation ?? '', ids.group ?? ''];
  return {
    conversations: await store.read.select().from(conversation).where(inArray(conversation.id, conversationIds)).orderBy(asc(conversation.id)),
    members: await Promise.all(conversationIds.map((id) => memberRows(store, id))),
    messages: await Promise.all(conversationIds.map((id) => messageRows(store, id))),
    keys: await store.read
      .select()
      .from(apikey)
      .where(eq(apikey.id, ids.key ?? '')),
    organisation: await store.read
      .select({ userId: member.userId, role: member.role, name: user.name })
      .from(member)
      .innerJoin(user, eq(user.id, member.userId))
      .where(eq(member.organizationId, ids.organisation ?? ''))
      .orderBy(asc(member.userId)),
  };
}
