import { expect, test } from 'bun:test';
import { bundleSdk } from '../../src/cli/build-sdk.ts';

const CLIENT_MAX_BYTES = 20_000;
const REACT_MAX_BYTES = 3_000;

test('a page loads at most 20 kB for the client and 3 kB for the hooks, compressed, and no zod', async () => {
  const { client, react } = await bundleSdk();
  const gzipBytes = (text: string): number => Bun.gzipSync(text, { level: 9 }).length;
  expect(gzipBytes(client)).toBeLessThanOrEqual(CLIENT_MAX_BYTES);
  expect(gzipBytes(react)).toBeLessThanOrEqual(REACT_MAX_BYTES);
  expect(client).toContain('message.send');
  expect(react).toContain('from"chinwag/client"');
  expect(`${client}${react}`).not.toMatch(/ZodError|safeParse/);
});
