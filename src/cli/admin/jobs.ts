import { parseArgs } from 'node:util';
import { readConfig } from '../../config.ts';
import { countJobs, deadJobs, retryDeadJobs, type DeadJob } from '../../jobs/look.ts';
import { openDatabase } from '../database.ts';

const SHOWN_MAX = 100;

/** What waits in the outbox and what was given up, and the way to have it tried again. Never what a job is about. */
export async function jobs(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { retry: { type: 'boolean' } } });
  const store = await openDatabase(readConfig(), { migrate: false });
  try {
    const now = Date.now();
    if (values.retry) {
      console.log(`${await retryDeadJobs(store, now)} dead jobs will be tried again.`);
      return 0;
    }
    const counts = await countJobs(store);
    console.log(table([['KIND', 'WAITING', 'DEAD'], ...counts.map(({ kind, waiting, dead }) => [kind, `${waiting}`, `${dead}`])]));
    const dead = await deadJobs(store, SHOWN_MAX);
    if (dead.length > 0) console.log(`\n${table([['DEAD JOB', 'KIND', 'ATTEMPTS', 'AGE', 'ERROR'], ...dead.map((job) => row(job, now))])}`);
    return 0;
  } finally {
    await store.close();
  }
}

const row = ({ id, kind, attempts, createdAt, lastError }: DeadJob, now: number): string[] => [
  id,
  kind,
  `${attempts}`,
  age(now - createdAt),
  lastError ?? '',
];

function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} d`;
}

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
