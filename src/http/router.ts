import { zValidator } from '@hono/zod-validator';
import { Hono, type Context, type Handler } from 'hono';
import { z } from 'zod';
import type { Actor } from '../kernel/actor.ts';
import { takesQuery, type Command, type HttpRoute } from '../kernel/command.ts';
import { detailsOf, fail, toWireError, type CommandError } from '../kernel/errors.ts';
import type { Execute } from '../kernel/execute.ts';
import type { RateState } from '../kernel/limits.ts';
import type { Done, Report } from '../kernel/report.ts';
import { errorTable } from '../wire/errors.ts';
import { queryShape } from './query.ts';

/** `reported`: the line in the log is written. */
export type Env = { Variables: { requestId: string; reported?: boolean } };
type RouterOptions = {
  commands: readonly Command[];
  /** Those whose answer is a file. */
  files: readonly Command[];
  execute: Execute;
  report: Report;
  resolve(request: Request): Promise<{ actor: Actor; token: string | null }>;
};

/** The door for HTTP: every command with a route becomes one here. It moves fields into one input and holds no logic. */
export function createRouter({ commands, files, execute, report, resolve }: RouterOptions): Hono<Env> {
  const router = new Hono<Env>();
  for (const command of [...commands, ...files]) {
    for (const route of command.http) {
      const methods = Array.isArray(route.method) ? route.method : [route.method];
      router.on(
        methods.map((method) => method.toUpperCase()),
        [route.path],
        ...validators(command, route),
        handler(command, route),
      );
    }
  }
  return router;

  function handler(command: Command, route: HttpRoute): Handler<Env> {
    return async (c) => {
      const requestId = c.get('requestId');
      c.set('reported', true);
      const startedAt = performance.now();
      let who: Pick<Done, 'userId' | 'keyId'> = { userId: null };
      const what = () => ({ door: 'http' as const, command: command.name, requestId, ...who, ms: performance.now() - startedAt });
      try {
        const { actor, token } = await resolve(c.req.raw);
        who = { userId: actor.userId, ...(actor.apiKeyId !== null && { keyId: actor.apiKeyId }) };
        const { data, nothingNew, rate } = await execute(command, { actor, requestId, connectionId: null, token }, await inputOf(c, command));
        report.done(what());
        setRateHeaders(c, rate);
        if (files.includes(command)) return sendFile(c, file.parse(data));
        if (route.status === 204) return c.body(null, 204);
        return c.json(data, route.status === 201 && !nothingNew ? 201 : 200);
      } catch (error) {
        return answerError(c, report.failed(error, what()), requestId);
      }
    };
  }
}

const file = z.object({ type: z.string(), bytes: z.instanceof(Uint8Array<ArrayBuffer>) });

/** Its address changes with it, so a browser may keep it; nobody between may. */
function sendFile(c: Context<Env>, { type, bytes }: z.infer<typeof file>): Response {
  return c.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': 'private, max-age=31536000, immutable' });
}

/** Query strings become numbers, flags and lists here; what the fields mean is checked by the command's own schema, once for both doors. */
function validators(command: Command, route: HttpRoute): Handler<Env>[] {
  if (![route.method].flat().some(takesQuery)) return [];
  return [zValidator('query', queryShape(command.input), (result) => refuse(result)) as Handler<Env>];
}

function refuse(result: { success: boolean; error?: { issues: Parameters<typeof detailsOf>[0] } }): void {
  if (!result.success && result.error) fail('invalid_input', undefined, { details: detailsOf(result.error.issues) });
}

const jsonObject = z.record(z.string(), z.unknown());

/** Body or query, then the path, which wins: nobody reaches another object through the body. */
async function inputOf(c: Context<Env>, command: Command): Promise<Record<string, unknown>> {
  const params = c.req.param();
  if (c.req.method === 'GET') return { ...queryOf(c), ...params };
  const body = await bodyOf(c);
  const idempotencyKey = c.req.header('Idempotency-Key');
  const named = idempotencyKey !== undefined && 'clientId' in command.input.shape ? { clientId: idempotencyKey } : {};
  return { ...queryOf(c), ...named, ...body, ...params };
}

function queryOf(c: Context<Env>): Record<string, unknown> {
  // The validator of the route left its typed result here; routes that are not read by GET have none.
  const valid = c.req.valid as (target: 'query') => Record<string, unknown> | undefined;
  return takesQuery(c.req.method) ? (valid.call(c.req, 'query') ?? {}) : {};
}

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

/** The names that most clients know, and those of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10). */
function setRateHeaders(c: Context<Env>, rate: RateState | null): void {
  if (!rate) return;
  c.header('RateLimit-Limit', String(rate.limit));
  c.header('RateLimit-Remaining', String(rate.remaining));
  c.header('RateLimit-Reset', String(rate.resetSeconds));
  c.header('RateLimit', `"${rate.kind}";r=${rate.remaining};t=${rate.resetSeconds}`);
  c.header('RateLimit-Policy', `"${rate.kind}";q=${rate.limit};w=${rate.windowSeconds}`);
}

export function answerError(c: Context<Env>, error: CommandError, requestId: string): Response {
  if (error.retryAfter !== undefined) c.header('Retry-After', String(error.retryAfter));
  setRateHeaders(c, error.rate ?? null);
  return c.json({ error: toWireError(error, requestId) }, errorTable[error.code].status as 400);
}
