import { expect, test } from 'bun:test';
import { authTablesSource } from '../../drizzle/auth-tables.ts';

test('the committed tables are what better-auth’s options make; otherwise run `bun run db:generate`', async () => {
  const committed = await Bun.file(new URL('../../src/db/tables/auth.gen.ts', import.meta.url)).text();
  expect(authTablesSource()).toBe(committed);
});
