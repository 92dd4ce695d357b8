import type { RateState } from './limits.ts';
import { errorTable, type ErrorCode, type ErrorDetail, type WireError } from '../wire/errors.ts';

const DETAILS_MAX = 50;

/** A failure that the caller is told about. Everything else that is thrown becomes `internal`. */
export class CommandError extends Error {
  readonly code: ErrorCode;
  readonly details?: ErrorDetail[];
  /** Seconds. */
  readonly retryAfter?: number;
  /** The limit that was hit, for the headers of HTTP. */
  readonly rate?: RateState;

  constructor(code: ErrorCode, message?: string, extra: { details?: ErrorDetail[]; retryAfter?: number; rate?: RateState } = {}) {
    super(message ?? errorTable[code].sentence);
    this.code = code;
    if (extra.details) this.details = extra.details;
    if (extra.retryAfter !== undefined) this.retryAfter = extra.retryAfter;
    if (extra.rate) this.rate = extra.rate;
  }
}

export function fail(code: ErrorCode, message?: string, extra?: { details?: ErrorDetail[]; retryAfter?: number; rate?: RateState }): never {
  throw new CommandError(code, message, extra);
}

/** One wrong field, in the form that the schemas' errors have. */
export function invalid(path: string, message: string, limit?: number): never {
  fail('invalid_input', undefined, { details: [limit === undefined ? { path, message } : { path, message, limit }] });
}

type Issue = { path: readonly PropertyKey[]; message: string; code?: string | undefined; maximum?: number | bigint };

/** What a schema found, as callers are told. A limit that was passed stands beside the sentence, as where the configuration sets it. */
export function detailsOf(issues: readonly Issue[]): ErrorDetail[] {
  return issues.slice(0, DETAILS_MAX).map(({ path, message, code, maximum }) => ({
    path: path.map(String).join('.'),
    message,
    ...(code === 'too_big' && maximum !== undefined && { limit: Number(maximum) }),
  }));
}

/** A limit of the configuration, checked where the schema cannot know it. */
export function atMost(path: string, actual: number, limit: number, unit: string): void {
  if (actual > limit) invalid(path, `at most ${limit} ${unit}, this has ${actual}`, limit);
}

export function toWireError(error: CommandError, requestId: string): WireError {
  return {
    code: error.code,
    message: error.message,
    ...(error.details && { details: error.details }),
    requestId,
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  };
}
