import { version } from '../lib/version.ts';
import { admin } from './admin/index.ts';
import type { CliCommand } from './command.ts';
import { config } from './config.ts';
import { demo } from './demo/index.ts';
import { explain } from './explain.ts';
import { health } from './health.ts';
import { migrate } from './migrate.ts';
import { serve } from './serve.ts';

const commands: Record<string, CliCommand> = { serve, migrate, config, admin, demo, health };

/** Runs what the arguments ask for. Resolves with the exit code. */
export async function run(argv: string[]): Promise<number> {
  const [name = '--help', ...args] = argv;
  if (name === '--version' || name === '-v') return say(version);
  if (name === '--help' || name === '-h' || name === 'help') return say(usage());
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return complain(`There is no command "${name}".\n\n${usage()}`, 2);
  if (args.includes('--help') || args.includes('-h')) return say(command.usage);
  try {
    return await command.run(args);
  } catch (error) {
    const { text, exitCode } = explain(error);
    return complain(exitCode === 2 ? `${text}\nSee: chinwag ${name} --help` : text, exitCode);
  }
}

function usage(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`);
  return `Chinwag ${version}, a chat server.\n\nUsage: chinwag <command> [options]\n\n${lines.join('\n')}\n
  chinwag <command> --help   what a command takes
  chinwag --version          which version this is

Settings come from the environment; "chinwag config docs" lists them.`;
}

function say(text: string): number {
  console.log(text);
  return 0;
}

function complain(text: string, exitCode: number): number {
  console.error(text);
  return exitCode;
}
