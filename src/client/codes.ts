import type { closeCodes, errorTable } from '../wire/errors.ts';

// The wire's own tables come with a sentence for each code, which the client has no use for. Their types keep these the same.

type Retryable = { [Code in keyof typeof errorTable]: (typeof errorTable)[Code]['retryable'] extends true ? Code : never }[keyof typeof errorTable];
type Closes = { [Code in keyof typeof closeCodes]: [name: (typeof closeCodes)[Code]['name'], reconnect: (typeof closeCodes)[Code]['reconnect']] };

/** With these the same request may succeed later. */
export const retryable: Record<Retryable, true> = { rate_limited: true, internal: true, unavailable: true, timeout: true };

/** What a close of the socket means, and whether to reconnect. */
export const closes: Closes = {
  1001: ['going_away', true],
  1012: ['restart', true],
  4001: ['unauthenticated', false],
  4003: ['banned', false],
  4008: ['overloaded', true],
  4009: ['slow_reader', true],
  4010: ['signed_out', false],
  4011: ['protocol_error', false],
};
