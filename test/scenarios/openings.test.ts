import { describe, expect, test } from 'bun:test';
import { commands, openings } from '../../src/features/index.ts';
import { scopeTable, type Scope } from '../../src/wire/keys.ts';
import { scenarios } from '../support/scenario.ts';

const scopes = Object.keys(scopeTable) as Scope[];

describe('Keys of organisations', () => {
  test('have a line for every command', () => {
    expect(
      commands.filter(({ name }) => !(name in openings)).map(({ name }) => name),
      'These commands have no line in src/features/openings.ts: name the scope that opens each to keys of organisations, or say why none does.',
    ).toEqual([]);
    const names = new Set(commands.map(({ name }) => name));
    expect(Object.keys(openings).filter((name) => !names.has(name))).toEqual([]);
  });

  test('never open a writing command with a scope that only reads', () => {
    const reading: unknown[] = ['read', 'audit:read'];
    expect(commands.filter(({ name, mode }) => mode !== 'read' && reading.includes(openings[name])).map(({ name }) => name)).toEqual([]);
  });
});

scenarios('Scopes of keys', (scenario) => {
  scenario('a key with every scope but the one of a command is refused, and the refusal names the scope', async ({ server, door }) => {
    const ann = await server.person('Ann', { orgId: await server.organisation('Shop'), role: 'owner' });
    for (const missing of scopes) {
      const { secret } = await ann.must('key.create', { name: missing, scopes: scopes.filter((scope) => scope !== missing) });
      const key = server.holder(secret);
      for (const { name, http, examples } of commands) {
        if (openings[name] !== missing || (missing === 'read' && http.length === 0)) continue;
        // Without `read` there is no socket to ask through.
        const answer = await key.by(http.length === 0 ? 'socket' : missing === 'read' ? 'http' : door, name, examples[0]?.input);
        expect([name, answer]).toMatchObject([name, { ok: false, error: { code: 'forbidden', message: `The key lacks the scope ${missing}.` } }]);
      }
      await key.disconnect();
    }
  });

  scenario('what is closed to keys is closed to one with every scope, also in the name of an owner, and the refusal says why', async (scene) => {
    const { server, door } = scene;
    const ann = await server.person('Ann', { orgId: await server.organisation('Shop'), role: 'owner' });
    const { secret } = await ann.must('key.create', { name: 'all', scopes });
    for (const key of [server.holder(secret), server.holder(secret, ann.userId)]) {
      for (const { name, http, examples } of commands) {
        const opening = openings[name];
        if (typeof opening !== 'object') continue;
        const answer = await key.by(http.length === 0 ? 'socket' : door, name, examples[0]?.input);
        const message = `Keys may not call ${name}: ${opening.never}`;
        expect([name, answer]).toMatchObject([name, { ok: false, error: { code: 'forbidden', message } }]);
      }
    }
  });

  scenario('without `read` no socket opens, because it would tell everything', async ({ server }) => {
    const ann = await server.person('Ann', { orgId: await server.organisation('Shop'), role: 'owner' });
    const { secret } = await ann.must('key.create', { name: 'blind', scopes: ['messages:write', 'people:act-as'] });
    const response = await fetch(`${server.url}/api/chat/ws`, {
      headers: {
        authorization: `Bearer ${secret}`,
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'sec-websocket-version': '13',
      },
    });
    expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'forbidden', message: 'The key lacks the scope read.' } }]);
    expect(await server.holder(secret, ann.userId).refusal()).toContain('the socket closed');
  });
});
