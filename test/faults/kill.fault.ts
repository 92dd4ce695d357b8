import { afterEach, describe, expect } from 'bun:test';
import { join } from 'node:path';
import { runProgram, startProgram, type Program } from '../support/program.ts';
import { fault, levelOf, type Level, type Outcome } from './fault.ts';
import { createLoad, type Load } from './load.ts';

const PEOPLE = 8;
const UNLIMITED = { RATE_LIMITS: 'off' };

let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  program = null;
});

async function startAgain(dataDir: string, before: Level, load: Load): Promise<Outcome> {
  program = await startProgram({ dataDir, env: UNLIMITED });
  return { programs: [program], before, load };
}

describe('A server that dies under load', () => {
  for (const killAfter of [1, 40, 400]) {
    fault(`kill -9 after ${killAfter} answers loses nothing that was acknowledged, and repeats make no second message`, async () => {
      program = await startProgram({ env: UNLIMITED });
      const { dataDir } = program;
      const load = await createLoad(program.url, PEOPLE);
      const running = load.runAt(program.url, () => false);
      await load.reached(killAfter);
      const before = levelOf(program);
      await program.end('SIGKILL');
      await running;

      expect(await runProgram(['admin', 'backup', join(dataDir, 'checked.db')], { DATA_DIR: dataDir })).toMatchObject({ code: 0, err: '' });
      return startAgain(dataDir, before, load);
    });
  }

  fault('SIGTERM under load answers what was begun, ends with 0 and keeps everything', async () => {
    program = await startProgram({ env: UNLIMITED });
    const { dataDir } = program;
    const load = await createLoad(program.url, PEOPLE);
    const running = load.runAt(program.url, () => false);
    await load.reached(100);
    const before = levelOf(program);
    expect(await program.end('SIGTERM')).toBe(0);
    await running;
    return startAgain(dataDir, before, load);
  });

  fault('dies five times in a row and still numbers without holes', async () => {
    program = await startProgram({ env: UNLIMITED });
    const { dataDir } = program;
    const load = await createLoad(program.url, PEOPLE);
    const before = levelOf(program);
    for (let round = 1; round <= 5; round++) {
      const wanted = load.acknowledged.length + 20;
      const running = load.runAt(program.url, () => false);
      await load.reached(wanted);
      await program.end('SIGKILL');
      await running;
      program = await startProgram({ dataDir, env: UNLIMITED });
    }
    return { programs: [program], before, load };
  });
});
