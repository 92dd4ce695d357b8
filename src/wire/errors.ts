/**
 * The one table of errors, for both doors. `status` is the HTTP status, `retryable` says whether the same
 * request may succeed later, `close` is the socket close code where the error also ends the connection.
 */
export const errorTable = {
  invalid_input: { status: 400, retryable: false, sentence: 'The input is not valid; details names every wrong field.' },
  invalid_json: { status: 400, retryable: false, sentence: 'The body is not a JSON object.' },
  protocol_error: { status: 400, retryable: false, sentence: 'The frame does not follow the protocol chinwag.v1.' },
  unauthenticated: { status: 401, retryable: false, close: 4001, sentence: 'Sign in first, or send a valid token.' },
  banned: { status: 403, retryable: false, close: 4003, sentence: 'This account is banned.' },
  forbidden: { status: 403, retryable: false, sentence: 'You may not do this; capabilities on the object says what you may.' },
  origin_refused: { status: 403, retryable: false, sentence: 'This origin may not use the session cookie; add it to ALLOWED_ORIGINS.' },
  not_found: { status: 404, retryable: false, sentence: 'It does not exist, or you are not a member.' },
  unknown_command: { status: 404, retryable: false, sentence: 'There is no such command; /api/docs lists them all.' },
  method_not_allowed: { status: 405, retryable: false, sentence: 'This address does not answer to that method.' },
  client_id_conflict: {
    status: 409,
    retryable: false,
    sentence: 'This clientId was used for a message with another content; name each message once.',
  },
  conversation_closed: { status: 409, retryable: false, sentence: 'The conversation is closed.' },
  last_owner: { status: 409, retryable: false, sentence: 'The last owner cannot leave; make somebody else an owner first.' },
  conflict: { status: 409, retryable: false, sentence: 'The present state does not allow this.' },
  payload_too_large: { status: 413, retryable: false, close: 4011, sentence: 'The body or frame is larger than allowed.' },
  unsupported_media_type: { status: 415, retryable: false, sentence: 'Send Content-Type: application/json.' },
  upgrade_required: { status: 426, retryable: false, sentence: 'This address speaks WebSocket; connect with the subprotocol chinwag.v1.' },
  rate_limited: { status: 429, retryable: true, sentence: 'Too many requests; wait retryAfter seconds.' },
  internal: { status: 500, retryable: true, sentence: 'Something failed on our side; the request id finds it in the log.' },
  unavailable: { status: 503, retryable: true, sentence: 'The server cannot do this right now; try again.' },
  timeout: { status: 504, retryable: true, sentence: 'The server did not finish in time; repeating with the same clientId is safe.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorRow = { status: number; retryable: boolean; close?: number; sentence: string };
export type ErrorCode = keyof typeof errorTable;

export type ErrorDetail = { path: string; message: string; limit?: number };

/** What both doors answer when a command fails. `retryAfter` is in seconds. */
export type WireError = { code: ErrorCode; message: string; details?: ErrorDetail[]; requestId: string; retryAfter?: number };

/** Socket close codes. `reconnect` says what a client should do. */
export const closeCodes = {
  1001: { name: 'going_away', reconnect: true, sentence: 'The server or the page goes away.' },
  1012: { name: 'restart', reconnect: true, sentence: 'The server restarts; wait retryAfter, reconnect and sync.' },
  4001: { name: 'unauthenticated', reconnect: false, sentence: 'Not signed in, or the session ended.' },
  4003: { name: 'banned', reconnect: false, sentence: 'Banned or removed.' },
  4008: { name: 'overloaded', reconnect: true, sentence: 'Too many frames, or too many connections; slow down.' },
  4009: { name: 'slow_reader', reconnect: true, sentence: 'The connection reads too slowly, or had a gap; reconnect and sync.' },
  4010: { name: 'signed_out', reconnect: false, sentence: 'Signed out.' },
  4011: { name: 'protocol_error', reconnect: false, sentence: 'A frame broke the protocol; fix the client.' },
} as const;
export type CloseCode = keyof typeof closeCodes;
