import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { emptyFolder, freePort } from '../support/program.ts';

const root = join(import.meta.dir, '../..');

/** The server from source, with code of ours loaded before it. `ready` stands for the moment when it listens. */
async function serveWith(code: string, env: Record<string, string> = {}): Promise<{ exitCode: number; log: { msg: string; error?: unknown }[] }> {
  const folder = emptyFolder();
  const preload = join(folder, 'preload.ts');
  const whenReady = `const serve = Bun.serve; let server; Bun.serve = (options) => { server = serve(options); setImmediate(ready); return server; };`;
  await Bun.write(preload, `${whenReady}\nfunction ready() { ${code} }`);
  const child = Bun.spawn([process.execPath, '--preload', preload, 'src/main.ts', 'serve'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', DATA_DIR: folder, PORT: String(freePort()), HOST: '127.0.0.1', ...env },
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const [out, exitCode] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  return { exitCode, log: lines.map((line) => JSON.parse(line) as { msg: string }) };
}

describe('The end of the process', () => {
  test('an error that nobody caught is logged, and the server stops with 1', async () => {
    const { exitCode, log } = await serveWith(`throw new TypeError('nobody caught this');`);
    expect(exitCode).toBe(1);
    expect(log.at(-1)).toMatchObject({ msg: 'uncaught exception', error: { name: 'TypeError', message: 'nobody caught this' } });
  });

  test('so is a promise that nobody waited for', async () => {
    const { exitCode, log } = await serveWith(`void Promise.reject(new Error('nobody waited for this'));`);
    expect(exitCode).toBe(1);
    expect(log.at(-1)).toMatchObject({ msg: 'unhandled rejection', error: { message: 'nobody waited for this' } });
  });

  test('a stop that hangs ends with 1 after SHUTDOWN_TIMEOUT_MS', async () => {
    const hang = `server.stop = () => new Promise(() => undefined); process.kill(process.pid, 'SIGTERM');`;
    const { exitCode, log } = await serveWith(hang, { SHUTDOWN_TIMEOUT_MS: '200' });
    expect(exitCode).toBe(1);
    expect(log.at(-1)).toMatchObject({ msg: 'stopping took too long' });
  });

  test('a second signal ends it at once', async () => {
    const twice = `const stop = () => process.kill(process.pid, 'SIGTERM'); server.stop = () => { setImmediate(stop); return new Promise(() => undefined); }; stop();`;
    const { exitCode, log } = await serveWith(twice);
    expect(exitCode).toBe(1);
    expect(log.at(-1)).toMatchObject({ msg: 'stopping' });
  });
});
