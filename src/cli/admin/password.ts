import { CliError } from '../command.ts';

/** The limits that signing in has. */
const LENGTH_MIN = 8;
const LENGTH_MAX = 128;

/** The first line of standard input. In a terminal it is asked for and not shown. */
export async function readPassword(): Promise<string> {
  const password = (process.stdin.isTTY ? await ask() : await Bun.stdin.text()).split('\n', 1)[0]?.trimEnd() ?? '';
  if (password.length < LENGTH_MIN || password.length > LENGTH_MAX)
    throw new CliError(`The password must have ${LENGTH_MIN} to ${LENGTH_MAX} characters.`);
  return password;
}

async function ask(): Promise<string> {
  process.stdout.write('Password: ');
  echo(false);
  try {
    for await (const line of console) return line;
    return '';
  } finally {
    echo(true);
    process.stdout.write('\n');
  }
}

function echo(on: boolean): void {
  Bun.spawnSync(['stty', on ? 'echo' : '-echo'], { stdio: ['inherit', 'ignore', 'ignore'] });
}
