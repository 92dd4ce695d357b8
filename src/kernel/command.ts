import type { z } from 'zod';
import type { Config } from '../config.ts';
import type { Actor } from './actor.ts';
import type { Subject } from './audit.ts';
import type { Effects } from './effects.ts';
import type { RateKind } from './limits.ts';
import type { AppendLane, Db, MarkLane, MessageRows, PresencePort, PushPort, Search, Tables, TicketPort, TypingPort } from './ports.ts';

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** GET and DELETE take what is not in the path from the query, the others from the body. */
export const takesQuery = (method: string): boolean => /^(get|delete)$/i.test(method);

export type HttpRoute = {
  method: HttpMethod | HttpMethod[];
  /** Below /api/chat, with :parameters named like the input's fields. */
  path: string;
  /** 200 where absent; 204 has no body. A command that found what it should create answers 200 instead of 201. */
  status?: 201 | 204;
};

/** Who calls, through which door. */
export type Call = {
  actor: Actor;
  requestId: string;
  /** The socket that the frame came on; null over HTTP. */
  connectionId: string | null;
  /** The credential behind the call, for what must end with it. Never logged. */
  token: string | null;
};

/** What `allow` and `run` work with. They reach nothing else. */
export type Ctx = Call & {
  /** The transaction of a writing command, otherwise the committed state. */
  db: Db;
  tables: Tables;
  /** Absent in a transaction, where what is read may be taken back. */
  rows: MessageRows | null;
  now: number;
  config: Config;
  effects: Effects;
  appends: AppendLane;
  marks: MarkLane;
  search: Search;
  presence: PresencePort;
  typing: TypingPort;
  tickets: TicketPort;
  push: Pick<PushPort, 'publicKey' | 'refuses'>;
  epoch(): string;
  /** Nothing new came of it: HTTP answers 200 instead of 201, and the audit has no entry. */
  nothingNew(): void;
  /** What the command is about, for the audit. Said again, it adds to what was said. */
  about(subject: Subject): void;
  /** For lanes: a transaction of its own before the lane is entered. Its effects leave with its commit. */
  write<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
};

export type CommandSpec<Input extends z.ZodObject, Output extends z.ZodType, Granted> = {
  name: string;
  summary: string;
  description?: string;
  input: Input;
  /** Absent: no body (204). */
  output?: Output;
  http?: HttpRoute[];
  limit: RateKind;
  /** `write` runs in a transaction; `read` and `lane` do not (a lane commits by itself). */
  mode: 'read' | 'write' | 'lane';
  /** Entered into the audit whoever does it. Without this only what is done with a key is. */
  audited?: boolean;
  /** Examples of the input with path parameters; they are in the documents and run as tests. */
  examples: { summary: string; input: Record<string, unknown> }[];
  /** Sends of one socket may overlap: their order is kept by the lane that they enter. */
  pipelined?(input: Record<string, unknown>): boolean;
  /** Throws unless the actor may; what it found is handed to `run`. In a writing command it runs in the same transaction. */
  allow(ctx: Ctx, input: z.output<Input>): Promise<Granted> | Granted;
  /** Cannot publish: it collects effects, and they leave after the commit. */
  run(ctx: Ctx, input: z.output<Input>, granted: Granted): Promise<z.input<Output>> | z.input<Output>;
};

/** A command as doors and documents see it: the types of its input and output stay inside. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodType | null;
  readonly http: readonly HttpRoute[];
  readonly limit: RateKind;
  readonly mode: 'read' | 'write' | 'lane';
  readonly audited: boolean;
  readonly examples: { summary: string; input: Record<string, unknown> }[];
  pipelined(input: Record<string, unknown>): boolean;
  /** `input` has passed the command's own schema. */
  perform(ctx: Ctx, input: unknown): Promise<unknown>;
};

export function defineCommand<Input extends z.ZodObject, Output extends z.ZodType, Granted>(spec: CommandSpec<Input, Output, Granted>): Command {
  return {
    name: spec.name,
    summary: spec.summary,
    description: spec.description ?? '',
    input: spec.input,
    output: spec.output ?? null,
    http: spec.http ?? [],
    limit: spec.limit,
    mode: spec.mode,
    audited: spec.audited ?? false,
    examples: spec.examples,
    pipelined: spec.pipelined ?? (() => false),
    async perform(ctx, input) {
      // `execute` parsed it with spec.input a moment ago; this is where its type comes back.
      const parsed = input as z.output<Input>;
      const granted = await spec.allow(ctx, parsed);
      return spec.run(ctx, parsed, granted);
    },
  };
}

/** For commands that anybody who is signed in may call about themselves. */
export const signedIn = (): void => {};
