import { afterEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { runProgram, startProgram, type Program } from '../support/program.ts';
import { createLoad, expectKept } from './load.ts';

const PEOPLE = 8;
const UNLIMITED = { RATE_LIMITS: 'off' };

let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  program = null;
});

describe('A server that dies under load', () => {
  for (const killAfter of [1, 40, 400]) {
    test(`kill -9 after ${killAfter} answers loses nothing that was acknowledged, and repeats make no second message`, async () => {
      program = await startProgram({ env: UNLIMITED });
      const { dataDir } = program;
      const load = await createLoad(program.url, PEOPLE);
      const running = load.runAt(program.url, () => false);
      await load.reached(killAfter);
      await program.end('SIGKILL');
      await running;

      program = await startProgram({ dataDir, env: UNLIMITED });
      await expectKept(load, program.url);
      expect(await runProgram(['admin', 'backup', join(dataDir, 'checked.db')], { DATA_DIR: dataDir })).toMatchObject({ code: 0, err: '' });
    });
  }

  test('SIGTERM under load answers what was begun, ends with 0 and keeps everything', async () => {
    program = await startProgram({ env: UNLIMITED });
    const { dataDir } = program;
    const load = await createLoad(program.url, PEOPLE);
    const running = load.runAt(program.url, () => false);
    await load.reached(100);
    expect(await program.end('SIGTERM')).toBe(0);
    await running;

    program = await startProgram({ dataDir, env: UNLIMITED });
    await expectKept(load, program.url);
  });

  test('dies five times in a row and still numbers without holes', async () => {
    program = await startProgram({ env: UNLIMITED });
    const { dataDir } = program;
    const load = await createLoad(program.url, PEOPLE);
    for (let round = 1; round <= 5; round++) {
      const wanted = load.acknowledged.length + 20;
      const running = load.runAt(program.url, () => false);
      await load.reached(wanted);
      await program.end('SIGKILL');
      await running;
      program = await startProgram({ dataDir, env: UNLIMITED });
    }
    await expectKept(load, program.url);
  });
});
