import type { z } from 'zod';
import { createDeadlines } from '../lib/deadlines.ts';
import { newId } from '../lib/id.ts';
import { enterAudit, type Audited, type Subject } from './audit.ts';
import type { Call, Command, Ctx } from './command.ts';
import { Effects } from './effects.ts';
import { CommandError, detailsOf, fail } from './errors.ts';
import type { RateState } from './limits.ts';
import { requireOpening, type Opening } from './organisation-key.ts';
import type { Db, Ports } from './ports.ts';

export type Reply = { data: unknown; nothingNew: boolean; rate: RateState | null };
export type Execute = (command: Command, call: Call, input: unknown) => Promise<Reply>;

/**
 * The one pipeline: limit, parse, allow, run, commit, publish, outbox, result. Both doors end here. `openings` says what keys of
 * organisations may call; a command that is not in it is closed to them.
 */
export function createExecute(ports: Ports, openings: Readonly<Record<string, Opening>>): Execute {
  // The caller gets an answer in time. What was already handed to the database may still commit: a repeat finds out.
  const inTime = createDeadlines(ports.clock, ports.config.requestTimeoutMs, () => new CommandError('timeout'));
  return async (command, call, raw) => {
    const { actor } = call;
    // One key speaks for many people, so it has a budget of its own, whoever it acts as.
    const rate = await (actor.grant ? ports.limits.take('key', actor.grant.keyId) : ports.limits.take(command.limit, actor.userId));
    requireOpening(actor, command.name, openings[command.name]);
    const input = parse(command.input, raw);
    const { data, nothingNew } = await inTime(() => perform(ports, command, call, input));
    return { data, nothingNew, rate };
  };
}

type Performed<T> = { data: T; effects: Effects; nothingNew: boolean; subject: Subject };
type Work<T> = (ctx: Ctx) => Promise<T>;

async function perform(ports: Ports, command: Command, call: Call, input: unknown): Promise<Performed<unknown>> {
  const work: Work<unknown> = (ctx) => command.perform(ctx, input);
  const audited = { action: command.name, always: command.audited };
  if (command.mode === 'write') return commit(ports, call, work, audited);
  const performed = await performOn(ports.store.read, ports, call, work, audited);
  ports.apply(performed.effects.list);
  return performed;
}

/** The store calls `announce` in the order of its commits, so events leave in the order of `rev`. */
function commit<T>(ports: Ports, call: Call, work: Work<T>, audited: Audited): Promise<Performed<T>> {
  const transaction = async (db: Db): Promise<Performed<T>> => {
    const performed = await performOn(db, ports, call, work, audited);
    if (!performed.nothingNew) await enterAudit(db, ports, call, audited, performed.subject);
    await writeJobs(db, ports, performed.effects);
    return performed;
  };
  const announce = ({ effects }: Performed<T>): void => {
    ports.apply(effects.list);
    if (effects.list.some((effect) => effect.do === 'job')) ports.wakeOutbox();
  };
  return ports.store.tx(transaction, announce);
}

async function performOn<T>(db: Db, ports: Ports, call: Call, work: Work<T>, audited: Audited): Promise<Performed<T>> {
  const effects = new Effects();
  const subject: Subject = {};
  let nothingNew = false;
  const ctx: Ctx = {
    actor: call.actor,
    requestId: call.requestId,
    connectionId: call.connectionId,
    token: call.token,
    db,
    effects,
    tables: ports.store.tables,
    rows: db === ports.store.read ? ports.rows : null,
    now: ports.clock.now(),
    config: ports.config,
    appends: ports.appends,
    marks: ports.marks,
    search: ports.store.search,
    presence: ports.presence,
    typing: ports.typing,
    tickets: ports.tickets,
    push: ports.push,
    epoch: ports.epoch,
    nothingNew: () => void (nothingNew = true),
    about: (more) => void Object.assign(subject, more),
    write: async (inner) => (await commit(ports, call, inner, audited)).data,
  };
  const data = await work(ctx);
  return { data, effects, nothingNew, subject };
}

/** Runs work that nobody called for: scheduled work and jobs. */
export function runAs<T>(ports: Ports, call: Call, work: Work<T>): Promise<T> {
  return commit(ports, call, work, { action: 'system', always: false }).then(({ data }) => data);
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
  return fail('invalid_input', undefined, { details: detailsOf(parsed.error.issues) });
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
