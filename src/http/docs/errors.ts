import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { Command } from '../../kernel/command.ts';
import { errorTable, type ErrorCode, type ErrorRow, type WireError } from '../../wire/errors.ts';
import type { JsonSchema, Part, Schemas } from './json-schema.ts';

// The keys of the table are the codes; Object.keys forgets that.
export const errorCodes = Object.keys(errorTable) as ErrorCode[];
export const errorRows: Readonly<Record<ErrorCode, ErrorRow>> = errorTable;

/** What no operation of the HTTP document answers: the socket's own errors, and that of methods that are not in it. */
const elsewhere: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['protocol_error', 'unknown_command', 'method_not_allowed']);
const overHttp = errorCodes.filter((code) => !elsewhere.has(code));

export const wireError: z.ZodType<WireError> = z
  .object({
    code: z.enum(errorCodes),
    message: z.string().describe('For people; programs look at `code`.'),
    details: z
      .array(z.object({ path: z.string(), message: z.string(), limit: z.number().optional().describe('The limit that was passed.') }))
      .optional()
      .describe('Every wrong field.'),
    requestId: z.string().describe('Finds the request in the log of the server.'),
    retryAfter: z.number().optional().describe('Seconds to wait before the next try.'),
  })
  .meta({ id: 'Error' });

/** The body of every refusal over HTTP. */
export const errorBody = z.object({ error: wireError });

/** Statuses that a command may be refused with over HTTP; what each means is said once, in the shared responses. */
export function refusalsOf(command: Command, method: string, parameters: readonly string[]): number[] {
  const fields = Object.keys(command.input.shape);
  const reads = method === 'get';
  const names = fields.some((field) => /(^i|I)ds?$/.test(field));
  const changes = !reads && command.limit !== 'signal' && parameters.length > 0;
  return [
    ...(reads && fields.length === 0 ? [] : [400]),
    401,
    403,
    ...(names ? [404] : []),
    ...(changes || fields.includes('clientId') || fields.includes('keys') ? [409] : []),
    ...(reads ? [] : [413, 415]),
    429,
    500,
    503,
    504,
  ];
}

export const responseName = (status: number): string => (STATUS_CODES[status] ?? String(status)).replaceAll(/[^A-Za-z]/g, '');
export const refusal = (status: number): Part => ({ $ref: `#/components/responses/${responseName(status)}` });

/** One response for each status of the error table. */
export function refusalResponses(schemas: Schemas): Record<string, Part> {
  const error = schemas.output(wireError);
  const statuses = [...new Set(overHttp.map((code) => errorRows[code].status))];
  return Object.fromEntries(statuses.map((status) => [responseName(status), refusalResponse(status, error)]));
}

function refusalResponse(status: number, error: JsonSchema): Part {
  const codes = overHttp.filter((code) => errorRows[code].status === status);
  const [first = 'internal'] = codes;
  const waits = codes.some((code) => errorRows[code].retryable);
  const narrowed = { ...error, properties: { code: { type: 'string', enum: codes } } };
  return {
    description: codes.map((code) => `\`${code}\`: ${errorRows[code].sentence}`).join('\n\n'),
    headers: {
      'X-Request-Id': header('RequestId'),
      ...(waits && { 'Retry-After': header('RetryAfter') }),
      ...(status === 429 && rateHeaders),
    },
    content: {
      'application/json': {
        schema: { type: 'object', properties: { error: narrowed }, required: ['error'] },
        example: { error: sampleError(first) },
      },
    },
  };
}

export function sampleError(code: ErrorCode): WireError {
  return {
    code,
    message: errorRows[code].sentence,
    ...(code === 'invalid_input' && { details: [{ path: 'content', message: 'required: a text that people can see' }] }),
    requestId: '019aa3f0-5b61-7c84-8d2e-0a6f3b9c1d27',
    ...(code === 'rate_limited' && { retryAfter: 12 }),
  };
}

/** The table as Markdown. */
export function errorTableText(): string {
  const lines = errorCodes.map((code) => {
    const { status, retryable, sentence } = errorRows[code];
    return `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${sentence} |`;
  });
  return ['| code | status | repeat | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

const header = (name: string): Part => ({ $ref: `#/components/headers/${name}` });

export const rateHeaders = {
  RateLimit: header('RateLimit'),
  'RateLimit-Policy': header('RateLimitPolicy'),
  'RateLimit-Limit': header('RateLimitLimit'),
  'RateLimit-Remaining': header('RateLimitRemaining'),
  'RateLimit-Reset': header('RateLimitReset'),
};

export const headers: Record<string, Part> = {
  RequestId: { description: 'Finds the request in the log of the server.', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds to wait before the next try.', schema: { type: 'integer', minimum: 0 } },
  RateLimit: { description: 'Kind of limit, what is left, seconds until the window begins anew: `"read";r=5999;t=60`.', schema: { type: 'string' } },
  RateLimitPolicy: { description: 'Kind of limit, how many, in how many seconds: `"read";q=6000;w=60`.', schema: { type: 'string' } },
  RateLimitLimit: { description: 'Requests of this kind in the present window.', schema: { type: 'integer' } },
  RateLimitRemaining: { description: 'How many of them are left.', schema: { type: 'integer' } },
  RateLimitReset: { description: 'Seconds until the window begins anew.', schema: { type: 'integer' } },
};
