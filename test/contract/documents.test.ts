import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Hono } from 'hono';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDocsUi } from '../../src/cli/build-docs-ui.ts';
import { referencePages } from '../../src/cli/reference.ts';
import { configEntries, readConfig } from '../../src/config.ts';
import { commands } from '../../src/features/index.ts';
import { wireError } from '../../src/http/docs/errors.ts';
import { filledIn } from '../../src/http/docs/sample.ts';
import { documentRoutes } from '../../src/http/documents.ts';
import { createAnswers } from '../../src/http/answer.ts';
import { apiHeaders } from '../../src/http/headers.ts';
import { createHttp } from '../../src/http/index.ts';
import type { Env } from '../../src/http/router.ts';
import { CommandError } from '../../src/kernel/errors.ts';
import { errorTable } from '../../src/wire/errors.ts';
import { eventTable } from '../../src/wire/events.ts';
import { asyncapi, complaint, documented, messages, openapi, operations, operationsOf, responses } from '../support/documented.ts';

const config = readConfig({}, {});

const otherAddresses = [
  'POST /api/auth/sign-up/email',
  'POST /api/auth/sign-in/email',
  'POST /api/auth/sign-out',
  'GET /api/auth/get-session',
  'GET /api/chat/ws',
  'GET /api/chat/messages/{messageId}/link-preview/image',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
];

describe('The OpenAPI document', () => {
  test('has every route of every command, and nothing else but what is listed here', () => {
    const routes = commands.flatMap(({ http }) =>
      http.flatMap(({ method, path }) => [method].flat().map((each) => `${each.toUpperCase()} /api/chat${path.replace(/:(\w+)/g, '{$1}')}`)),
    );
    expect(operations.map(({ address }) => address).toSorted()).toEqual([...routes, ...otherAddresses].toSorted());
  });

  test('names each operation once, after its command', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const missing = commands.filter(({ name, http }) => http.length > 0 && !names.some((id) => id === name || id.startsWith(`${name}.`)));
    expect(missing).toEqual([]);
  });

  test('puts each field of a command in one place: path, query or body', () => {
    for (const command of commands.filter(({ http }) => http.length > 0)) {
      const fields = Object.keys(command.input.shape).toSorted();
      for (const { parameters = [], requestBody } of operationsOf(command.name)) {
        const inBody = Object.keys(requestBody?.content['application/json']?.schema.properties ?? {});
        const elsewhere = parameters.filter((parameter) => parameter.in !== 'header').map(({ name }) => name);
        expect([...inBody, ...elsewhere].toSorted()).toEqual(fields);
      }
    }
  });

  test('says for every command what is answered when it works and when it does not', () => {
    const ofCommands = operations.filter(({ address }) => address.includes(' /api/chat/') && !otherAddresses.includes(address));
    for (const { responses: answers } of ofCommands) {
      expect(Object.keys(answers).some((status) => status.startsWith('2'))).toBe(true);
      expect(Object.keys(answers)).toContainValues(['401', '403', '429', '500', '503', '504']);
    }
  });

  test('has every error of the table, at its status', () => {
    const told = Object.values(responses).flatMap(({ content }) => {
      const schema = content['application/json']?.schema;
      return schema?.properties?.error?.properties?.code?.enum ?? [];
    });
    const notOverHttp = ['protocol_error', 'unknown_command', 'method_not_allowed'];
    expect([...told, ...notOverHttp].toSorted()).toEqual(Object.keys(errorTable).toSorted());
  });

  test('has examples that fit their schemas', () => {
    const answers = [...operations.flatMap((operation) => Object.values(operation.responses)), ...Object.values(responses)];
    const wrong = answers.flatMap(({ content }) => {
      const { schema, example } = content?.['application/json'] ?? {};
      if (!schema || example === undefined) return [];
      return complaint(documented(schema, openapi.components.schemas), example) || [];
    });
    expect(wrong).toEqual([]);
  });
});

describe('The AsyncAPI document', () => {
  test('has every command with its reply, every event, and the frames that are neither', () => {
    const expected = [...commands.map(({ name }) => name), ...Object.keys(eventTable).map((type) => `event.${type}`), 'hello', 'ping', 'refused'];
    expect(Object.keys(asyncapi.operations).toSorted()).toEqual(expected.toSorted());
    expect(commands.filter(({ name }) => !(`${name}.reply` in messages))).toEqual([]);
  });

  test('has examples that fit their schemas', () => {
    const wrong = Object.values(messages).flatMap(({ payload, examples }) =>
      examples.flatMap((example) => complaint(documented(payload, asyncapi.components.schemas), example.payload) || []),
    );
    expect(wrong).toEqual([]);
  });
});

describe('What both documents are made of', () => {
  test('every example of a command is good input', () => {
    for (const { input, examples, name } of commands) {
      expect(examples.length, name).toBeGreaterThan(0);
      for (const example of examples) expect(complaint(input, filledIn(example.input))).toBe('');
    }
  });

  test('every reference leads somewhere', () => {
    for (const document of [openapi, asyncapi]) {
      const text = JSON.stringify(document);
      const references = [...new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path))];
      const dangling = references.filter(
        (path) => path.split('/').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document) === undefined,
      );
      expect(dangling).toEqual([]);
    }
  });

  test('every setting that they name exists', () => {
    const settings = new Set(configEntries().map(({ name }) => name));
    const text = [JSON.stringify(openapi), JSON.stringify(asyncapi), ...Object.values(referencePages())].join('\n');
    const named = [...new Set(text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g))];
    expect(named.filter((name) => !settings.has(name))).toEqual([]);
  });

  test('the documented error is the one that the doors send', () => {
    const full = { code: 'invalid_input', message: 'x', details: [{ path: 'a', message: 'b', limit: 1 }], requestId: 'r', retryAfter: 1 };
    expect(complaint(wireError, full)).toBe('');
  });
});

test('docs/ says what the code says; if not: bun src/cli/write-docs.ts', async () => {
  const folder = join(import.meta.dir, '../../docs');
  for (const [name, page] of Object.entries(referencePages())) expect(await Bun.file(join(folder, name)).text(), name).toBe(page);
});

describe('The routes of the documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chinwag-docs-ui-'));
  const routes = documentRoutes(commands, config, folder);
  beforeAll(() => copyDocsUi(folder));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('give both documents, and 304 to whoever has them already', async () => {
    for (const path of ['/api/openapi.json', '/api/asyncapi.json']) {
      const first = await routes.request(path);
      expect(first.headers.get('content-type')).toStartWith('application/json');
      expect(first.headers.get('cache-control')).toBe('public, max-age=300');
      expect(await first.json()).toMatchObject({ info: { version: openapi.info.version } });
      const again = await routes.request(path, { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } });
      expect(again.status).toBe(304);
    }
  });

  test('give a page that loads nothing from elsewhere and runs nothing inline', async () => {
    const page = await routes.request('/api/docs');
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toStartWith("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'");
    expect(html).not.toMatch(/https?:|<script>|\son\w+=/);
    const linked = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(linked).toHaveLength(3);
    for (const path of linked) expect((await routes.request(path)).status, path).toBe(200);
  });

  test('keep their own policy behind the headers of the API, which everything else gets', async () => {
    const http = createHttp({
      config,
      limit: async () => null,
      answers: createAnswers(await apiHeaders(config)),
      commands,
      report: { done: () => undefined, request: () => undefined, failed: () => new CommandError('internal') },
      router: new Hono<Env>(),
      health: new Hono(),
      documents: routes,
      auth: async () => new Response(null),
      upgrade: async () => undefined,
      page: () => null,
    });
    const policyOf = async (path: string) => (await http(new Request(`http://chat.test${path}`))).headers.get('content-security-policy');
    expect(await policyOf('/api/docs')).toContain("script-src 'self'");
    expect(await policyOf('/api/docs/assets/init.js')).toContain("script-src 'self'");
    expect(await policyOf('/api/openapi.json')).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  test('give no other file of the folder, nor of any other', async () => {
    await Bun.write(join(folder, 'secret.txt'), 'secret');
    for (const name of ['secret.txt', '..%2fpackage.json', '%2e%2e%2fpackage.json', 'toString', '__proto__']) {
      expect((await routes.request(`/api/docs/assets/${name}`)).status, name).toBe(404);
    }
  });

  test('lead to the document where there is no page', async () => {
    const answer = await documentRoutes(commands, config, null).request('/api/docs');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/api/openapi.json']);
  });
});
