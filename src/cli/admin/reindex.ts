import { readConfig } from '../../config.ts';
import { INDEX_JOB } from '../../features/search/indexing.ts';
import { newId } from '../../lib/id.ts';
import { CliError } from '../command.ts';
import { openDatabase, placeOf } from '../database.ts';

/** Leaves a job for the server, which does it while it runs. */
export async function reindex(args: string[]): Promise<number> {
  if (args.length > 0) throw new CliError(`"admin reindex" takes nothing more.`, 2);
  const config = readConfig();
  const store = await openDatabase(config);
  const now = Date.now();
  await store.tx(
    async (db) => void (await db.insert(store.tables.outbox).values({ id: newId(), kind: INDEX_JOB, payload: {}, dueAt: now, createdAt: now })),
  );
  await store.close();
  console.log(`The messages in ${placeOf(config)} will be indexed again: by the server that runs, within seconds, or when it starts.`);
  return 0;
}
