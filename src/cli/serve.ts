import { parseArgs } from 'node:util';
import { version } from '../lib/version.ts';
import { createApp, type App } from '../app.ts';
import { readConfig, type Config } from '../config.ts';
import { describe } from '../kernel/report.ts';
import { createLog, type Log } from '../lib/log.ts';
import { CliError, type CliCommand } from './command.ts';
import { placeOf } from './database.ts';
import { prepareDemo } from './demo/index.ts';
import { programFiles, servedFiles } from './files.ts';

/** Another thread writes the log; an exit in the same moment would take the lines that say why with it. */
const LAST_LINES_MS = 50;

export const serve: CliCommand = {
  summary: 'Run the server.',
  usage: `Usage: chinwag serve [--demo]

Starts the server and runs until SIGTERM or Ctrl+C. Migrations are applied first.

  --demo   Fill an empty database with a club of twelve people and their conversations,
           and print accounts to sign in with. The same as DEMO=on.

Settings come from the environment: PORT, PUBLIC_URL, DATA_DIR, DATABASE_URL and
many more; "chinwag config docs" lists them. Logs are lines of JSON on standard output.`,

  async run(args) {
    const { values } = parseArgs({ args, options: { demo: { type: 'boolean' } } });
    const config = readConfig(values.demo ? { demo: true } : {});
    const log = createLog(config.logLevel);
    if (config.demo) console.log(await prepareDemo(config, programFiles()));
    const app = await createApp(config, await servedFiles(), { log });
    const ended = untilStopped(app, config, log);
    const { url, port } = await listen(app, config);
    console.log(welcome(config, url));
    log.info({ version, port, dialect: app.ports.store.dialect }, 'ready');
    const exitCode = await ended;
    await Bun.sleep(LAST_LINES_MS);
    return exitCode;
  },
};

async function listen(app: App, config: Config): Promise<{ url: string; port: number }> {
  try {
    return app.start();
  } catch (error) {
    await app.stop();
    throw new CliError(whyNot(error, config));
  }
}

function whyNot(error: unknown, { host, port }: Config): string {
  const { code, message } = error as Error & { code?: unknown };
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop the program that uses it, or choose another port: PORT=${port + 1} chinwag serve`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose one above 1023: PORT=3000 chinwag serve`;
    case 'EADDRNOTAVAIL':
      return `HOST=${host} is not an address of this machine. Use 0.0.0.0 for all of them, or 127.0.0.1 for this machine alone.`;
    default:
      return `The server cannot listen on ${host}, port ${port}: ${message}`;
  }
}

function welcome(config: Config, url: string): string {
  const address = config.publicUrl.endsWith(':0') ? url : config.publicUrl;
  return `
Chinwag ${version} is ready: ${address}${address === url ? '' : `  (here: ${url})`}

  An account   Open the address and choose "Create account", or:
               curl ${url}/api/auth/sign-up/email -H 'Content-Type: application/json' \\
                 -d '{"name":"Ada","email":"ada@example.com","password":"a long password"}'
  The API      ${address}/api/docs
  The data     ${placeOf(config)}
  To stop      Ctrl+C
`;
}

/**
 * Resolves with the exit code when the process should end: 0 after a clean stop. What nobody caught ends the process
 * too: after such an error nobody knows what state it is in, and whoever supervises it starts a clean one.
 */
function untilStopped(app: App, config: Config, log: Log): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let exitCode: number | null = null;

  function stop(code: number): void {
    const first = exitCode === null;
    exitCode = Math.max(exitCode ?? 0, code);
    if (!first) return;
    setTimeout(() => {
      log.error({ ms: config.shutdownTimeoutMs }, 'stopping took too long');
      resolve(1);
    }, config.shutdownTimeoutMs);
    app.stop().then(
      () => resolve(exitCode ?? 0),
      (error: unknown) => {
        log.error({ error: describe(error) }, 'stopping failed');
        resolve(1);
      },
    );
  }

  function onSignal(signal: string): void {
    if (exitCode !== null) return resolve(1);
    log.info({ signal }, 'stopping');
    stop(0);
  }

  function onUncaught(kind: string, error: unknown): void {
    log.error({ error: describe(error) }, kind);
    stop(1);
  }

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (error) => onUncaught('uncaught exception', error));
  process.on('unhandledRejection', (reason) => onUncaught('unhandled rejection', reason));
  return promise;
}
