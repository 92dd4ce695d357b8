import { Database } from 'bun:sqlite';
import { describe, expect, test } from 'bun:test';
import { statSync } from 'node:fs';
import { createDatabase, dialects } from '../support/database.ts';
import { openTestStore } from '../support/migrated.ts';

for (const dialect of dialects.filter((one) => one === 'sqlite')) {
  describe('The write-ahead log, while another program has the file open', () => {
    async function bytesAfterClose(checkpointPages: number): Promise<number> {
      const { url, dataDir, drop } = await createDatabase(dialect);
      const store = await openTestStore(url, { file: { cacheBytes: 2 ** 20, checkpointPages } });
      const other = new Database(`${dataDir}/test.db`);
      other.run('pragma wal_autocheckpoint = 0');
      await store.tx(async (db) => void (await db.insert(store.tables.setting).values({ key: 'a', value: 'b' })));
      await store.close();
      const { size } = statSync(`${dataDir}/test.db-wal`);
      other.close();
      await drop();
      return size;
    }

    test('is emptied by the server when it closes', async () => {
      expect(await bytesAfterClose(1_000)).toBe(0);
    });

    // What takes a copy of every page from the log would miss those that went into the file behind its back.
    test('is left as it is where checkpoints belong to the other program', async () => {
      expect(await bytesAfterClose(0)).toBeGreaterThan(0);
    });
  });
}
