import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authSecret } from '../../src/http/auth/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'chinwag-secret-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the configured secret is used, and nothing is written', async () => {
  expect(await authSecret({ authSecret: 'configured', dataDir: join(folder, 'unused') })).toBe('configured');
  expect(readdirSync(folder)).toEqual([]);
});

test('one is made once, by whoever comes first, and only its owner can read it', async () => {
  const dataDir = join(folder, 'deep', 'data');
  const secrets = await Promise.all(Array.from({ length: 5 }, () => authSecret({ authSecret: undefined, dataDir })));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]?.length).toBeGreaterThanOrEqual(32);
  expect(await authSecret({ authSecret: undefined, dataDir })).toBe(secrets[0] ?? '');
  expect(statSync(join(dataDir, 'auth-secret')).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual(['auth-secret']);
});

test('a damaged file is told, not replaced', async () => {
  writeFileSync(join(folder, 'auth-secret'), 'short\n');
  await expect(authSecret({ authSecret: undefined, dataDir: folder })).rejects.toThrow('is damaged');
});
