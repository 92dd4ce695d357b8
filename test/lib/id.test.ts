import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isId, newId } from '../../src/lib/id.ts';
import { upTo } from '../support/rows.ts';

test('ids are UUIDs of version 7 that sort in the order they were made', () => {
  const ids = upTo(5_000).map(() => newId());
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(ids.toSorted());
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.every(isId)).toBe(true);
});

test('a browser, which has no Bun, makes the same kind of ids', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chinwag-id-'));
  await Bun.build({ entrypoints: [join(import.meta.dir, '../../src/lib/id.ts')], outdir: folder, target: 'browser', define: { Bun: 'undefined' } });
  const { newId: make }: { newId(): string } = await import(join(folder, 'id.js'));
  rmSync(folder, { recursive: true });
  const before = Date.now();
  const ids = upTo(1_000).map(() => make());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBeWithin(before, Date.now() + 1);
  }
});

test('only a whole UUID is an id', () => {
  const id = newId();
  for (const text of [id, id.toUpperCase()]) expect(isId(text)).toBe(true);
  for (const text of ['', 'x', id.slice(1), `${id}0`, ` ${id}`, `${id}\n`, id.replaceAll('-', ''), id.replace(/.$/, 'g'), `${id}\u0000`])
    expect([text, isId(text)]).toEqual([text, false]);
});
