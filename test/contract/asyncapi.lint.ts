import { Parser } from '@asyncapi/parser';
import { expect, test } from 'bun:test';
import { readConfig } from '../../src/config.ts';
import { commands } from '../../src/features/index.ts';
import { asyncapiDocument } from '../../src/http/asyncapi.ts';

// By `bun run lint:api`, because loading the parser takes longer than most of the suite.
test('the AsyncAPI document is valid', async () => {
  const document = asyncapiDocument(commands, readConfig({}, {}));
  const diagnostics = await new Parser().validate(JSON.stringify(document));
  // 3.0 on purpose: most generators do not read 3.1 yet.
  const wrong = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
  expect(wrong.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
}, 180_000);
