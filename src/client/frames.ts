import type { WireError } from '../wire/errors.ts';
import type { Event } from '../wire/events.ts';
import type { Hello, ReplyFrame, SUBPROTOCOL } from '../wire/frames.ts';

/** The value lives in wire/frames.ts together with zod, which the browser need not load; its type keeps both the same. */
export const subprotocol: typeof SUBPROTOCOL = 'chinwag.v1';

export type Incoming = { kind: 'reply'; reply: ReplyFrame } | { kind: 'hello'; hello: Hello } | { kind: 'event'; event: Event } | { kind: 'other' };

/**
 * What a frame is. This is where text becomes typed: the server has checked what it sends against the schemas of the
 * wire, so the client looks at the form only. An event of a type that we do not know goes by without harm.
 */
export function readFrame(text: string): Incoming {
  const frame: unknown = JSON.parse(text);
  if (typeof frame !== 'object' || frame === null) return { kind: 'other' };
  if ('re' in frame) return { kind: 'reply', reply: frame as ReplyFrame };
  if (!('type' in frame) || !('data' in frame)) return { kind: 'other' };
  if (frame.type === 'hello') return { kind: 'hello', hello: frame.data as Hello };
  return { kind: 'event', event: frame as Event };
}

/** The body of a failed request; null where something between us and the server answered. */
export function readError(body: unknown): WireError | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error ? (error as WireError) : null;
}
