import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { commands } from '../../src/features/index.ts';
import type { Person } from '../support/person.ts';
import { scenarios, type Scene } from '../support/scenario.ts';

type Ids = Record<string, string>;

/** What a stranger may do without learning anything of others: it names nobody and nothing of theirs. */
const aboutOneself = new Set([
  'conversation.list',
  'contact.list',
  'unread.count',
  'unread.list',
  'person.me',
  'person.update',
  'presence.set',
  'sync',
  'socket.ticket',
]);

/** The scene that the examples of the commands are about, with words and names that must not leak out of it. */
async function stage({ server }: Scene) {
  const [ann, ben, cem] = await Promise.all([server.person('Secret Ann'), server.person('Secret Ben'), server.person('Secret Cem')]);
  const direct = await ann.must('conversation.create', { userId: ben.userId });
  const group = await ann.must('conversation.create', { title: 'Secret plans', memberIds: [ben.userId] });
  const message = await ann.must('message.send', { conversationId: direct.id, content: 'Secret words' });
  const ids: Ids = {
    conversation: direct.id,
    group: group.id,
    message: message.id,
    person: ben.userId,
    other: cem.userId,
    organisation: server.orgId,
  };
  return { ann, ben, ids };
}

function filled(input: Record<string, unknown>, ids: Ids): Record<string, unknown> {
  return JSON.parse(JSON.stringify(input), (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/^\{(\w+)\}$/, (whole, name: string) => ids[name] ?? whole) : value,
  );
}

/** Every example of every command, so that a new command cannot be forgotten: it has no way out of this list. */
async function* everyCall(who: Person, { door }: Scene, ids: Ids) {
  for (const command of commands) {
    for (const { input } of command.examples) {
      const through = command.http.length === 0 ? 'socket' : door;
      yield { command: command.name, answer: await who.by(through, command.name, filled(input, ids)) };
    }
  }
}

scenarios('Outsiders', (scenario) => {
  scenario('a person of another organisation finds nothing, whatever they call, and hears nothing', async (scene) => {
    const { ids, ann } = await stage(scene);
    const mallory = await scene.server.person('Mallory', { orgId: await scene.server.organisation('Elsewhere') });
    const hers = await mallory.connect();
    for await (const { command, answer } of everyCall(mallory, scene, ids)) {
      if (!answer.ok)
        expect([command, answer.error.code]).toEqual([
          command,
          command === 'conversation.create' ? expect.stringMatching(/not_found|invalid_input/) : 'not_found',
        ]);
      else if (command.startsWith('presence.')) expect(answer.data.items ?? []).toEqual([]);
      else expect([...aboutOneself]).toContain(command);
      expect(JSON.stringify(answer)).not.toContain('Secret');
    }
    await ann.must('message.send', { conversationId: ids.conversation, content: 'Secret again' });
    expect(JSON.stringify(await hers.everything())).not.toContain('Secret');
  });

  scenario('a colleague who is no member finds no conversation and no message', async (scene) => {
    const { ids } = await stage(scene);
    const eve = await scene.server.person('Eve');
    for (const command of commands) {
      for (const { input } of command.examples) {
        if (!/\{(conversation|group|message)\}/.test(JSON.stringify(input))) continue;
        const answer = await eve.by(command.http.length === 0 ? 'socket' : scene.door, command.name, filled(input, ids));
        expect([command.name, answer]).toMatchObject([command.name, { ok: false, error: { code: 'not_found' } }]);
        expect(JSON.stringify(answer)).not.toContain('Secret');
      }
    }
  });

  scenario('whoever was removed is a stranger again', async (scene) => {
    const { ids, ann, ben } = await stage(scene);
    const inGroup = await ann.must('message.send', { conversationId: ids.group, content: 'Secret of the group' });
    await ann.must('member.remove', { conversationId: ids.group, userId: ben.userId });
    const asMember: Ids = { ...ids, conversation: ids.group ?? '', message: inGroup.id };
    for (const command of commands) {
      for (const { input } of command.examples) {
        if (!/\{(conversation|group|message)\}/.test(JSON.stringify(input))) continue;
        const answer = await ben.by(command.http.length === 0 ? 'socket' : scene.door, command.name, filled(input, asMember));
        expect([command.name, answer]).toMatchObject([command.name, { ok: false, error: { code: 'not_found' } }]);
      }
    }
    expect(JSON.stringify(await ben.must('sync', {}, scene.door))).not.toContain('Secret of the group');
  });

  scenario('whoever is banned, or not signed in, is refused by every command', async (scene) => {
    const { ids, ben } = await stage(scene);
    const { store } = scene.server.app.ports;
    await ben.must('person.me');
    await store.tx(async (db) => void (await db.update(store.tables.user).set({ banned: true }).where(eq(store.tables.user.id, ben.userId))));
    // As better-auth's ban does through the adapter: nothing about the person is believed any longer.
    scene.server.app.ports.apply([{ do: 'forget', userId: ben.userId }]);
    const nobody = { ...ben, token: 'nothing' };
    for (const command of commands) {
      const [example] = command.examples;
      if (!example || command.http.length === 0) continue;
      expect([command.name, await ben.http(command.name, filled(example.input, ids))]).toMatchObject([
        command.name,
        { status: 403, error: { code: 'banned' } },
      ]);
      const stranger = await nobody.http(command.name, filled(example.input, ids), { authorization: 'Bearer nothing' });
      expect([command.name, stranger]).toMatchObject([command.name, { status: 401, error: { code: 'unauthenticated' } }]);
    }
  });
});
