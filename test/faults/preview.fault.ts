import { afterAll, afterEach, describe, expect } from 'bun:test';
import { signUp, startProgram, type Program } from '../support/program.ts';
import { htmlOf, startSite } from '../support/page-server.ts';
import { fault, levelOf } from './fault.ts';
import { until } from './load.ts';

/** A lease that ends soon, because a dead worker's jobs wait for that. */
const ENV = { LINK_PREVIEW_ALLOW_PRIVATE: 'on', OUTBOX_LEASE_MS: '1000', OUTBOX_POLL_MS: '100', MESSAGE_SETTLE_MS: '0', RATE_LIMITS: 'off' };

const site = startSite();
afterAll(() => site.stop());
let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  program = null;
});

describe('Link previews when the server dies', () => {
  fault('kill -9 while a page is read: it is read once more, and the message changes once', async () => {
    program = await startProgram({ env: ENV });
    const { dataDir, port } = program;
    const [ann, ben] = [await signUp(program.url, 'Ann'), await signUp(program.url, 'Ben')];
    const made = (await (await ann.call('POST', '/conversations', { kind: 'direct', userId: ben.id })).json()) as { id: string };
    const begun = Promise.withResolvers<void>();
    let times = 0;
    const url = site.page(() => {
      begun.resolve();
      return ++times === 1 ? new Promise<Response>(() => undefined) : htmlOf('<title>Boats</title>');
    });
    const before = levelOf(program);
    const sent = (await (await ann.call('POST', `/conversations/${made.id}/messages`, { content: url })).json()) as { id: string; rev: number };
    await begun.promise;
    await program.end('SIGKILL');
    program = await startProgram({ dataDir, port, env: ENV });
    const read = async () => (await (await ben.call('GET', `/messages/${sent.id}`)).json()) as { rev: number; linkPreview?: object };
    await until(async () => (await read()).linkPreview !== undefined);
    expect(await read()).toMatchObject({ rev: sent.rev + 1, linkPreview: { url, title: 'Boats' } });
    expect(times).toBe(2);
    return { programs: [program], before, load: null };
  });
});
