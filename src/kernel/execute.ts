import type { z } from 'zod';
import { newId } from '../lib/id.ts';
import type { Call, Command, Ctx } from './command.ts';
import { createEffects, type Effects } from './effects.ts';
import { CommandError, fail } from './errors.ts';
import type { RateState } from './limits.ts';
import type { Db, Ports } from './ports.ts';

export type Reply = { data: unknown; nothingNew: boolean; rate: RateState | null };
export type Execute = (command: Command, call: Call, input: unknown) => Promise<Reply>;

/** The one pipeline: limit, parse, allow, run, commit, publish, outbox, result. Both doors end here. */
export function createExecute(ports: Ports): Execute {
  return async (command, call, raw) => {
    const rate = await ports.limits.take(command.limit, call.actor.userId);
    const input = parse(command.input, raw);
    const { data, nothingNew } = await withDeadline(ports, () => perform(ports, command, call, input));
    return { data, nothingNew, rate };
  };
}

type Performed<T> = { data: T; effects: Effects; nothingNew: boolean };
type Work<T> = (ctx: Ctx) => Promise<T>;

async function perform(ports: Ports, command: Command, call: Call, input: unknown): Promise<Performed<unknown>> {
  const work: Work<unknown> = (ctx) => command.perform(ctx, input);
  if (command.mode === 'write') return commit(ports, call, work);
  const performed = await performOn(ports.store.read, ports, call, work);
  ports.apply(performed.effects.list);
  return performed;
}

/** The store calls `announce` in the order of its commits, so events leave in the order of `rev`. */
function commit<T>(ports: Ports, call: Call, work: Work<T>): Promise<Performed<T>> {
  const transaction = async (db: Db): Promise<Performed<T>> => {
    const performed = await performOn(db, ports, call, work);
    await writeJobs(db, ports, performed.effects);
    return performed;
  };
  const announce = ({ effects }: Performed<T>): void => {
    ports.apply(effects.list);
    if (effects.list.some((effect) => effect.do === 'job')) ports.wakeOutbox();
  };
  return ports.store.tx(transaction, announce);
}

async function performOn<T>(db: Db, ports: Ports, call: Call, work: Work<T>): Promise<Performed<T>> {
  const effects = createEffects();
  let nothingNew = false;
  const ctx: Ctx = {
    ...call,
    db,
    effects,
    tables: ports.store.tables,
    now: ports.clock.now(),
    config: ports.config,
    appends: ports.appends,
    marks: ports.marks,
    presence: ports.presence,
    typing: ports.typing,
    tickets: ports.tickets,
    epoch: ports.epoch,
    nothingNew: () => void (nothingNew = true),
    write: async (inner) => (await commit(ports, call, inner)).data,
  };
  const data = await work(ctx);
  return { data, effects, nothingNew };
}

/** Runs work that nobody called for: scheduled work and jobs. */
export function runAs<T>(ports: Ports, call: Call, work: Work<T>): Promise<T> {
  return commit(ports, call, work).then(({ data }) => data);
}

async function writeJobs(db: Db, ports: Ports, effects: Effects): Promise<void> {
  const now = ports.clock.now();
  const jobs = effects.list.flatMap((effect) =>
    effect.do === 'job' ? [{ id: newId(), kind: effect.kind, payload: effect.payload, dueAt: now, createdAt: now }] : [],
  );
  if (jobs.length > 0) await db.insert(ports.store.tables.outbox).values(jobs);
}

/** Names every wrong field. */
export function parse(schema: z.ZodObject, raw: unknown): unknown {
  const parsed = safeParse(schema, raw);
  if (parsed.success) return parsed.data;
  return fail('invalid_input', undefined, {
    details: parsed.error.issues.slice(0, 50).map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message })),
  });
}

/** Input nested so deeply that reading it overflows the stack is wrong input, not our failure. */
function safeParse(schema: z.ZodObject, raw: unknown) {
  try {
    return schema.safeParse(raw);
  } catch (error) {
    if (error instanceof RangeError) fail('invalid_input', 'The input is nested too deeply.');
    throw error;
  }
}

/** The caller gets an answer in time. What was already handed to the database may still commit: a repeat finds out. */
function withDeadline<T>(ports: Ports, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = ports.clock.after(ports.config.requestTimeoutMs, () => reject(new CommandError('timeout')));
    work().then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}
