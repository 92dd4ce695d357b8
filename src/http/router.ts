import { Hono, type Context, type Handler } from 'hono';
import { z } from 'zod';
import type { Actor } from '../kernel/actor.ts';
import { takesQuery, type Command, type HttpRoute } from '../kernel/command.ts';
import { fail } from '../kernel/errors.ts';
import type { Execute } from '../kernel/execute.ts';
import type { Done, Report } from '../kernel/report.ts';
import { thisTurn } from '../lib/turn.ts';
import { file, withRate, type Answers } from './answer.ts';
import { createQueryReader, type ReadQuery } from './query.ts';

/** `refused`: what a handshake was refused with before the routes were asked. `reported`: the line in the log is written. */
export type Env = { Bindings: { refused?: Error }; Variables: { requestId: string; reported?: boolean } };
type RouterOptions = {
  commands: readonly Command[];
  /** Those whose answer is a file. */
  files: readonly Command[];
  execute: Execute;
  report: Report;
  answers: Answers;
  resolve(request: Request): Promise<{ actor: Actor; token: string | null }>;
};

/** The door for HTTP: every command with a route becomes one here. It moves fields into one input and holds no logic. */
export function createRouter({ commands, files, execute, report, answers, resolve }: RouterOptions): Hono<Env> {
  const router = new Hono<Env>();
  for (const command of [...commands, ...files]) {
    for (const route of command.http) {
      const methods = Array.isArray(route.method) ? route.method : [route.method];
      router.on(
        methods.map((method) => method.toUpperCase()),
        [route.path],
        handler(command, route),
      );
    }
  }
  return router;

  function handler(command: Command, route: HttpRoute): Handler<Env> {
    const readQuery = createQueryReader(command.input);
    const isFile = files.includes(command);
    const answerOf = (data: unknown, nothingNew: boolean, atOnce: boolean): Response => {
      if (isFile) return answers.file(file.parse(data));
      if (route.status === 204) return answers.nothing();
      return answers.json(data, route.status === 201 && !nothingNew ? 201 : 200, atOnce);
    };
    return async (c) => {
      const requestId = c.get('requestId');
      c.set('reported', true);
      const startedAt = performance.now();
      const startedIn = thisTurn();
      let who: Pick<Done, 'userId' | 'keyId'> = { userId: null };
      const what = () => ({ door: 'http' as const, command: command.name, requestId, ...who, ms: performance.now() - startedAt });
      try {
        const { actor, token } = await resolve(c.req.raw);
        who = { userId: actor.userId, ...(actor.apiKeyId !== null && { keyId: actor.apiKeyId }) };
        const { data, nothingNew, rate } = await execute(
          command,
          { actor, requestId, connectionId: null, token },
          await inputOf(c, command, readQuery),
        );
        report.done(what());
        return withRate(answerOf(data, nothingNew, startedIn === thisTurn()), rate);
      } catch (error) {
        return answers.error(report.failed(error, what()), requestId);
      }
    };
  }
}

/** Body or query, then the path, which wins: nobody reaches another object through the body. */
async function inputOf(c: Context<Env>, command: Command, readQuery: ReadQuery): Promise<Record<string, unknown>> {
  const params = c.req.param();
  const query = takesQuery(c.req.method) ? readQuery(c.req.queries()) : {};
  if (c.req.method === 'GET') return { ...query, ...params };
  const body = await bodyOf(c);
  const idempotencyKey = c.req.header('Idempotency-Key');
  const named = idempotencyKey !== undefined && 'clientId' in command.input.shape ? { clientId: idempotencyKey } : {};
  return { ...query, ...named, ...body, ...params };
}

const jsonObject = z.record(z.string(), z.unknown());

async function bodyOf(c: Context<Env>): Promise<Record<string, unknown>> {
  // Whoever goes away in the middle of their request made no failure of ours.
  const text = await c.req.text().catch(() => fail('invalid_json', 'The request broke off.'));
  if (text === '') return {};
  const type = c.req.header('Content-Type') ?? '';
  if (!/^application\/(\w+\+)?json\s*(;|$)/i.test(type)) fail('unsupported_media_type');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    fail('invalid_json');
  }
  const parsed = jsonObject.safeParse(body);
  return parsed.success ? parsed.data : fail('invalid_json');
}
