import { parseArgs } from 'node:util';
import { configEntries, readConfig, type ConfigEntry } from '../config.ts';
import { CliError, type CliCommand } from './command.ts';
import { placeOf } from './database.ts';
import { configurationDocs } from './reference.ts';

export const config: CliCommand = {
  summary: 'List the settings, check them, print the defaults.',
  usage: `Usage: chinwag config docs       every setting, in Markdown
       chinwag config check      checks the environment; exit code 1 with a list of what is wrong
       chinwag config defaults   every setting as NAME=value, those without a default commented out`,

  async run(args) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
    switch (positionals.join(' ')) {
      case 'docs':
        console.log(configurationDocs());
        return 0;
      case 'check':
        console.log(`The configuration is valid.\nThe data: ${placeOf(readConfig())}`);
        return 0;
      case 'defaults':
        console.log(configEntries().map(assignment).join('\n'));
        return 0;
      default:
        throw new CliError('Say what: chinwag config docs, check or defaults.', 2);
    }
  },
};

function assignment({ name, fallback }: ConfigEntry): string {
  const value = shown(fallback);
  if (value === '') return `# ${name}=`;
  return `${name}=${/\s/.test(value) ? JSON.stringify(value) : value}`;
}

function shown(fallback: unknown): string {
  if (fallback === undefined) return '';
  if (typeof fallback === 'boolean') return fallback ? 'on' : 'off';
  return Array.isArray(fallback) ? fallback.join(',') : String(fallback);
}
