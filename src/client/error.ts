import type { ErrorCode, ErrorDetail, WireError } from '../wire/errors.ts';
import { retryable } from './codes.ts';

/** `disconnected`: no answer came, so the command may or may not have happened. A repeat with the same clientId is safe. */
export type FailureCode = ErrorCode | 'disconnected';

/** What a command of the client rejects with. */
export class ChinwagError extends Error {
  readonly code: FailureCode;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  readonly details: readonly ErrorDetail[];
  /** Milliseconds that the server asks to wait; 0 where it did not. */
  readonly retryAfterMs: number;
  /** Finds the failure in the server's log. */
  readonly requestId: string | null;

  constructor(error: Pick<WireError, 'code' | 'message'> & Partial<WireError>) {
    super(error.message);
    this.name = 'ChinwagError';
    this.code = error.code;
    this.retryable = error.code in retryable;
    this.details = error.details ?? [];
    this.retryAfterMs = (error.retryAfter ?? 0) * 1000;
    this.requestId = error.requestId ?? null;
  }
}

export class Disconnected extends ChinwagError {
  override readonly code = 'disconnected';
  override readonly retryable = true;

  constructor(message = 'There is no connection to the server.') {
    super({ code: 'unavailable', message });
  }
}

export function codeOf(error: unknown): FailureCode {
  return error instanceof ChinwagError ? error.code : 'internal';
}

/** A failure in a form that goes from tab to tab. */
export type FailureParts = { code: FailureCode; error: Partial<WireError> & Pick<WireError, 'message'> };

export function failureParts({ code, message, details, retryAfterMs, requestId }: ChinwagError): FailureParts {
  return { code, error: { message, details: [...details], retryAfter: retryAfterMs / 1000, ...(requestId !== null && { requestId }) } };
}

export function failureOf({ code, error }: FailureParts): ChinwagError {
  return code === 'disconnected' ? new Disconnected(error.message) : new ChinwagError({ ...error, code });
}
