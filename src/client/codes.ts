import type { closeCodes, errorTable } from '../wire/errors.ts';

// The wire's own tables come with a sentence for each code, which the client has no use for. Their types keep these the same.

type Retryable = { [Code in keyof typeof errorTable]: (typeof errorTable)[Code]['retryable'] };
type Closes = { [Code in keyof typeof closeCodes]: Pick<(typeof closeCodes)[Code], 'name' | 'reconnect'> };

/** Whether the same request may succeed later. */
export const retryable: Retryable = {
  invalid_input: false,
  invalid_json: false,
  protocol_error: false,
  unauthenticated: false,
  banned: false,
  forbidden: false,
  origin_refused: false,
  not_found: false,
  unknown_command: false,
  method_not_allowed: false,
  client_id_conflict: false,
  conversation_closed: false,
  last_owner: false,
  conflict: false,
  payload_too_large: false,
  unsupported_media_type: false,
  upgrade_required: false,
  rate_limited: true,
  internal: true,
  unavailable: true,
  timeout: true,
};

/** What a close of the socket means, and whether to come back. */
export const closes: Closes = {
  1001: { name: 'going_away', reconnect: true },
  1012: { name: 'restart', reconnect: true },
  4001: { name: 'unauthenticated', reconnect: false },
  4003: { name: 'banned', reconnect: false },
  4008: { name: 'overloaded', reconnect: true },
  4009: { name: 'slow_reader', reconnect: true },
  4010: { name: 'signed_out', reconnect: false },
  4011: { name: 'protocol_error', reconnect: false },
};
