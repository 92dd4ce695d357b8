import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type StepClock = {
  /** What a process needs in its environment to have this clock. */
  env: Record<string, string>;
  /** Sets it to so much more or less than the machine's; negative is behind. */
  set(hours: number): void;
  /** What it says. */
  now(): number;
  remove(): void;
};

const HOUR_MS = 3_600_000;

/** The time of day of real processes, stepped by libfaketime as by whoever sets the clock of a machine. What is monotonic stays so. */
export function createStepClock(): StepClock {
  const library = findLibrary();
  const folder = mkdtempSync(join(tmpdir(), 'chinwag-clock-'));
  const file = join(folder, 'offset');
  let ahead = 0;
  function set(hours: number): void {
    ahead = hours;
    // Renamed, so that nobody reads half of it.
    writeFileSync(`${file}.next`, `${hours < 0 ? '' : '+'}${(hours * HOUR_MS) / 1000}\n`);
    renameSync(`${file}.next`, file);
  }
  set(0);
  return {
    env: { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_NO_CACHE: '1' },
    set,
    now: () => Date.now() + ahead * HOUR_MS,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function findLibrary(): string {
  const paths = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'));
  const library = paths.find((path) => existsSync(path));
  if (!library) throw new Error('There is no libfaketime, and this test sets the clock of a process; install it with: apt-get install libfaketime');
  return library;
}
