import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { CliError, type CliCommand } from './command.ts';

const TIMEOUT_MS = 3_000;
const everywhere = ['0.0.0.0', '::', ''];

export const health: CliCommand = {
  summary: 'Ask the server on this machine whether it is ready.',
  usage: `Usage: chinwag health

Asks GET /readyz on PORT of this machine. Exit code 0: ready. For containers without curl.`,

  async run(args) {
    parseArgs({ args, options: {} });
    const { host, port } = readConfig();
    const url = `http://${everywhere.includes(host) ? '127.0.0.1' : host}:${port}/readyz`;
    const response = await ask(url);
    const { status } = (await response.json()) as { status?: string };
    if (!response.ok) throw new CliError(`Not ready: ${status ?? response.status}.`);
    console.log(status);
    return 0;
  },
};

async function ask(url: string): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new CliError(`Nothing answers at ${url}: ${(error as Error).message}`);
  }
}
