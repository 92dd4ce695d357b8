import { eq } from 'drizzle-orm';
import { parseArgs } from 'node:util';
import type { Files } from '../../app.ts';
import { readConfig, type Config } from '../../config.ts';
import { CliError, type CliCommand } from '../command.ts';
import { openDatabase, placeOf } from '../database.ts';
import { programFiles } from '../files.ts';
import { fill } from './fill.ts';
import { CLUB, emailOf, PASSWORD, people, shownAccounts } from './people.ts';

export const demo: CliCommand = {
  summary: 'Fill an empty database with a demonstration.',
  usage: `Usage: chinwag demo

Makes a rowing club of twelve people with ten days of conversations, in a database that
nobody uses yet, and prints accounts to sign in with. "chinwag serve --demo" does it and serves.
The passwords are the same everywhere: not for a server that strangers reach.`,

  async run(args) {
    parseArgs({ args, options: {} });
    console.log(await prepareDemo(readConfig(), programFiles()));
    return 0;
  },
};

/** Fills the database unless that was done before. Resolves with what a person needs to know to sign in. */
export async function prepareDemo(config: Config, files: Files): Promise<string> {
  const found = await lookInto(config);
  if (found === 'people')
    throw new CliError(
      `There are people in ${placeOf(config)} already; the demonstration fills an empty database only. Choose another: DATA_DIR=./demo-data`,
    );
  if (found === 'nothing') await fill(config, files);
  const accounts = shownAccounts.map((who) => `  ${people[who].padEnd(16)} ${emailOf(who).padEnd(24)} ${PASSWORD}`);
  return `The demonstration: ${CLUB}, twelve people. Sign in as\n\n${accounts.join('\n')}\n`;
}

async function lookInto(config: Config): Promise<'nothing' | 'people' | 'demonstration'> {
  const store = await openDatabase(config);
  try {
    const { setting, user } = store.tables;
    if ((await store.read.$count(setting, eq(setting.key, 'demo'))) > 0) return 'demonstration';
    return (await store.read.$count(user)) > 0 ? 'people' : 'nothing';
  } finally {
    await store.close();
  }
}
