import fc from 'fast-check';
import { afterEach, describe, expect } from 'bun:test';
import { JWT_SECRET, stranger } from '../support/host-app.ts';
import { authRequests } from '../support/odd-auth.ts';
import { fill, frames, requests } from '../support/odd-input.ts';
import { signUp, startProgram, type Program } from '../support/program.ts';
import { fault, levelOf } from './fault.ts';
import { createLoad } from './load.ts';
import { createDice, type Random } from './storm/random.ts';
import { plainAuth, plainCommand, toRaw, type Raw } from './storm/requests.ts';
import { emptyTally, stormOfFrames, stormOfRequests, type Tally } from './storm/storm.ts';

/** FUZZ_INPUTS=1000000 is the whole storm: `bun run test:million`. */
const inputs = Number(process.env.FUZZ_INPUTS ?? 12_000);
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const LONGEST_MS = 7_200_000;
const DEADLINE_MS = 10_000;
const ROUND = 5_000;
const SHARE = { frames: 0.6, commands: 0.3, auth: 0.1 };
const SOCKETS = 4;
const CONNECTIONS = 8;

let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  program = null;
});

describe(`${inputs} random and mutated frames and requests (FAULT_SEED=${seed})`, () => {
  fault(
    'are answered, none of them with a failure of ours, while two others talk undisturbed',
    async () => {
      const env = { RATE_LIMITS: 'off', LOG_LEVEL: 'error', JWT_SECRET, REQUEST_TIMEOUT_MS: String(DEADLINE_MS) };
      const running = (program = await startProgram({ env }));
      const load = await createLoad(running.url, 2);
      const talk = (count: number): Promise<unknown> => {
        const wanted = load.acknowledged.length + count;
        return load.runAt(running.url, () => load.acknowledged.length >= wanted);
      };
      const tally = emptyTally();
      await Promise.all([talk(20), round(running, seed, tally)]);
      const before = levelOf(running);
      for (let n = 1; tally.sent < inputs && tally.wrong.length === 0; n++) await Promise.all([talk(20), round(running, seed + n, tally)]);
      console.log(`${tally.sent} inputs, ${tally.refused} refused, the slowest answer after ${Math.round(tally.slowestMs)} ms`);
      expect(tally.wrong).toEqual([]);
      expect(logged(running)).toEqual([]);
      expect(tally.slowestMs).toBeLessThan(2 * DEADLINE_MS);
      return { programs: [running], before, load, deadlineMs: DEADLINE_MS };
    },
    LONGEST_MS,
  );
});

/** Lines of the log, which has nothing but errors. */
const logged = (running: Program): string[] =>
  running
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));

/** New people, new inputs. */
async function round({ url, port }: Program, roundSeed: number, tally: Tally): Promise<void> {
  const random = createDice(roundSeed);
  const sockets = Array.from({ length: SOCKETS }, async (_, n) => {
    const { token, scene } = await stranger(url);
    const texts = fc.sample(frames, { numRuns: (ROUND * SHARE.frames) / SOCKETS, seed: roundSeed + n }).map((text) => fill(text, scene));
    await stormOfFrames(
      port,
      token,
      texts.map((text) => hurtOrNot(text, random)),
      random,
      tally,
    );
  });
  const queue = await rawRequests(url, roundSeed, random);
  await Promise.all([...sockets, ...Array.from({ length: CONNECTIONS }, () => stormOfRequests(port, queue, tally))]);
}

/** Whatever is hurt stays below the largest frame. */
const hurtOrNot = (text: string, random: Random): string => {
  const hurt = random.below(5) === 0 ? random.hurt(Buffer.from(text)).toString() : text;
  return Buffer.byteLength(hurt) < 60_000 ? hurt : '{}';
};

async function rawRequests(url: string, roundSeed: number, random: Random): Promise<Raw[]> {
  const [{ token, scene }, account] = await Promise.all([stranger(url), signUp(url, 'Fred')]);
  const commands = fc.sample(requests, { numRuns: ROUND * SHARE.commands, seed: roundSeed }).map((one) => plainCommand(one, scene, token));
  const auth = fc.sample(authRequests, { numRuns: ROUND * SHARE.auth, seed: roundSeed }).map((one) => plainAuth(one, scene, account.token));
  const raw = [...commands, ...auth].map((plain) => toRaw(plain, random));
  return raw.sort(() => random.below(2) - 0.5);
}
