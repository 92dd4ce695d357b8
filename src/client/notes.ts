import type { Message } from '../wire/messages.ts';
import type { Presence } from '../wire/person.ts';
import type { Mark, PendingMessage } from './state.ts';

/** What one tab tells the others, because no event of the server says it or before one does. */
export type Note =
  /** Written, or failed, or to be tried again. */
  | { kind: 'pending'; pending: PendingMessage }
  /** Confirmed with its message, or discarded. */
  | { kind: 'settled'; conversationId: string; clientId: string; message: Message | null }
  | { kind: 'read'; conversationId: string; mark: Mark }
  /** Whom a tab watches, all of them. */
  | { kind: 'watch'; tab: string; userIds: readonly string[] }
  | { kind: 'presence'; items: readonly Presence[] }
  | { kind: 'signed out' };
