import { z } from 'zod';
import { toWireError, type CommandError } from '../kernel/errors.ts';
import type { RateState } from '../kernel/limits.ts';
import { errorTable } from '../wire/errors.ts';

export const file = z.object({ type: z.string(), bytes: z.instanceof(Uint8Array<ArrayBuffer>) });

/** The runtime gathers what it writes up to 16 kB, head included; the head has about one. */
const GATHERED_MAX_CHARACTERS = 14_000;

/**
 * The answers to commands. `common` are the headers of all of them: an answer that is made with them as they are costs 5 µs more than one
 * without any, one that is given them one by one 25.
 */
export function createAnswers(common: Headers) {
  const ofJson = new Headers(common);
  ofJson.set('Content-Type', 'application/json');

  return {
    /** `atOnce`: in the turn of its request. */
    json: (data: unknown, status: number, atOnce: boolean): Response =>
      new Response(bodyOf(JSON.stringify(data), atOnce), { status, headers: ofJson }),

    /** For an answer that others made. */
    dress(answer: Response): void {
      for (const [name, value] of common) answer.headers.set(name, value);
    },

    nothing: (): Response => new Response(null, { status: 204, headers: common }),

    /** Its address changes with it, so a browser may keep it; nobody between may. */
    file({ type, bytes }: z.infer<typeof file>): Response {
      const answer = new Response(bytes, { headers: common });
      answer.headers.set('Content-Type', type);
      answer.headers.set('Cache-Control', 'private, max-age=31536000, immutable');
      return answer;
    },

    error(error: CommandError, requestId: string): Response {
      const text = JSON.stringify({ error: toWireError(error, requestId) });
      const answer = new Response(text, { status: errorTable[error.code].status, headers: ofJson });
      if (error.retryAfter !== undefined) answer.headers.set('Retry-After', String(error.retryAfter));
      return withRate(answer, error.rate ?? null);
    },
  };
}

export type Answers = ReturnType<typeof createAnswers>;

/**
 * A larger answer that was waited for would leave with a call of the kernel for each name and each value of its head, 75 of them and half of
 * the time of a page (Bun 1.4.5). As a stream of one piece its head goes out at once. What is answered in the turn of its request needs none.
 */
function bodyOf(text: string, atOnce: boolean): string | ReadableStream<Uint8Array> {
  if (atOnce || text.length <= GATHERED_MAX_CHARACTERS) return text;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Buffer.from(text));
      controller.close();
    },
  });
}

/** The names that most clients know, and those of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10). */
export function withRate(answer: Response, rate: RateState | null): Response {
  if (!rate) return answer;
  const { headers } = answer;
  headers.set('RateLimit-Limit', String(rate.limit));
  headers.set('RateLimit-Remaining', String(rate.remaining));
  headers.set('RateLimit-Reset', String(rate.resetSeconds));
  headers.set('RateLimit', `"${rate.kind}";r=${rate.remaining};t=${rate.resetSeconds}`);
  headers.set('RateLimit-Policy', `"${rate.kind}";q=${rate.limit};w=${rate.windowSeconds}`);
  return answer;
}
