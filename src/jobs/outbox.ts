import { and, gt, isNull, lte, min } from 'drizzle-orm';
import type { Timer } from '../lib/clock.ts';
import type { JobKinds } from '../kernel/ports.ts';
import { describe } from '../kernel/report.ts';
import { createClockWatch } from './clock-watch.ts';
import { createWorker, type WorkerOptions } from './worker.ts';

type Options = WorkerOptions & {
  kinds: JobKinds;
  pollMs: number;
  /** What falls due within this time after a look is done together: while people talk something is due every millisecond. */
  pauseMs: number;
};

/**
 * Carries out what committed transactions asked for. At least once, with a stable id: jobs are leased before they run
 * and removed after they succeeded, so those whose worker died are taken over when the lease ends. A failure waits
 * longer each time; after the last attempt the row stays with `failedAt` and the reason.
 *
 * Each kind works by itself, so one that is slow holds up no other. Jobs of a kind that are due together are handed over
 * together; where that fails each is tried alone. Kinds that this program does not know are left for one that does.
 */
export function createOutbox(options: Options) {
  const { store, clock, log, kinds, pollMs, pauseMs } = options;
  const { outbox } = store.tables;
  const workers = new Map(Object.entries(kinds).map(([name, kind]) => [name, createWorker(options, name, kind, wakeAt)]));
  const watchClock = createClockWatch({ store, clock, log, toleranceMs: options.leaseMs });
  let looking: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let poll: Timer | null = null;
  let alarm: { at: number; timer: Timer } | null = null;
  let lookedAt = -Infinity;

  function wake(): void {
    again = true;
    if (!looking && !stopped) looking = look().finally(looked);
  }

  /** Somebody may have called between the last look and this moment. */
  function looked(): void {
    looking = null;
    if (again) wake();
  }

  /** There is or will be something due then. */
  function wakeAt(at: number): void {
    if (at <= clock.now()) return wake();
    if (stopped || (alarm && alarm.at <= at)) return;
    alarm?.timer.cancel();
    const paused = lookedAt + pauseMs - clock.monotonic();
    alarm = {
      at,
      timer: clock.after(Math.max(at - clock.now(), paused), () => {
        alarm = null;
        wake();
      }),
    };
  }

  async function look(): Promise<void> {
    while (again && !stopped) {
      again = false;
      lookedAt = clock.monotonic();
      await watchClock();
      try {
        const now = clock.now();
        const due = and(isNull(outbox.failedAt), lte(outbox.dueAt, now));
        for (const { kind } of await store.read.selectDistinct({ kind: outbox.kind }).from(outbox).where(due)) workers.get(kind)?.wake();
        const later = and(isNull(outbox.failedAt), gt(outbox.dueAt, now));
        const [next] = await store.read
          .select({ dueAt: min(outbox.dueAt) })
          .from(outbox)
          .where(later);
        if (next && next.dueAt !== null) wakeAt(next.dueAt);
      } catch (error) {
        log.error({ error: describe(error) }, 'outbox could not be read');
      }
    }
  }

  async function idle(): Promise<void> {
    for (;;) {
      await looking;
      for (const worker of workers.values()) await worker.idle();
      if (!looking && [...workers.values()].every((worker) => !worker.busy)) return;
    }
  }

  return {
    wake,
    wakeAt,
    start(): void {
      poll = clock.every(pollMs, wake);
      wake();
    },
    /** Takes nothing more and waits for what is under way. */
    async stop(): Promise<void> {
      stopped = true;
      poll?.cancel();
      alarm?.timer.cancel();
      for (const worker of workers.values()) worker.stop();
      await idle();
    },
    /** Resolves when nothing is being worked on. */
    idle,
  };
}
