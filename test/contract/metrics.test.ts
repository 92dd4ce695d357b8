import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { errorTable } from '../../src/wire/errors.ts';
import { startServer } from '../support/server.ts';

const page = await Bun.file(join(import.meta.dir, '../../docs/metrics.md')).text();

test('docs/metrics.md has every metric with its type, and nothing else', async () => {
  const server = await startServer();
  const told = await (await fetch(`${server.url}/metrics`)).text();
  await server.stop();
  const types = [...told.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
  const described = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)].map(([, name, type]) => [name, type]);
  expect(described).toEqual(types.toSorted());
});

test('docs/metrics.md alerts on metrics, labels and codes that exist', () => {
  const { groups } = Bun.YAML.parse(/^```yaml\n(.*?)^```$/ms.exec(page)?.[1] ?? '') as { groups: { rules: { alert: string; expr: string }[] }[] };
  const described = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name);
  const rules = groups.flatMap(({ rules: all }) => all);
  expect(rules.length).toBeGreaterThan(5);
  for (const { expr } of rules) {
    const used = [...expr.matchAll(/chinwag_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
    expect(used.filter((name) => !described.includes(name))).toEqual([]);
    const codes = [...expr.matchAll(/code="(\w+)"/g)].map(([, code = '']) => code);
    expect(codes.filter((code) => !(code in errorTable))).toEqual([]);
  }
});
