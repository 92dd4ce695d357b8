import { z } from 'zod';
import { errorTable, type ErrorCode, type WireError } from '../../wire/errors.ts';

const own = z.looseObject({ message: z.string().optional(), error: z.unknown().optional() });

/**
 * A refusal of better-auth in our shape too: its `code` and `message` stay where its own clients look for them, and `error` says
 * the same as everywhere else.
 */
export async function inOurShape(response: Response, requestId: string): Promise<Response> {
  if (response.status < 400) return response;
  const text = await response.text();
  const told = own.safeParse(text === '' ? {} : parseJson(text));
  if (!told.success || told.data.error !== undefined) return new Response(text, response);
  const code = codeOf(response.status);
  const error: WireError = { code, message: told.data.message ?? errorTable[code].sentence, requestId };
  const headers = new Headers(response.headers);
  headers.set('Content-Type', 'application/json');
  return new Response(JSON.stringify({ ...told.data, error }), { status: response.status, headers });
}

/** The first code of the table with this status that says nothing more special; 422 is what better-auth calls a conflict. */
function codeOf(status: number): ErrorCode {
  const byStatus: Record<number, ErrorCode> = {
    400: 'invalid_input',
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'not_found',
    405: 'method_not_allowed',
    409: 'conflict',
    413: 'payload_too_large',
    415: 'unsupported_media_type',
    422: 'conflict',
    429: 'rate_limited',
    503: 'unavailable',
  };
  return byStatus[status] ?? (status < 500 ? 'invalid_input' : 'internal');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
