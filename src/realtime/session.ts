import type { ServerWebSocket } from 'bun';
import type { Actor } from '../kernel/actor.ts';
import { createLane } from '../lib/lane.ts';
import type { CloseCode } from '../wire/errors.ts';

/** One connection. Small, because an idle person costs one of these. */
export type Session = {
  readonly id: string;
  readonly userId: string;
  /** What the connection was opened with, to ask again who it is. Never logged. */
  readonly credential: Credential;
  readonly lane: ReturnType<typeof createLane>;
  readonly socket: ServerWebSocket<SocketData>;
  actor: Actor;
  /** When `actor` was last looked up, monotonic; -Infinity when something changed since. */
  actorAt: number;
  refreshing: Promise<void> | null;
  /** Frames that may still be sent at once, and when that was counted. */
  budget: number;
  budgetAt: number;
  ready: boolean;
  /** What the connection hears is being looked up, and may have been read before what `early` has. */
  greeting: boolean;
  /** Subscriptions asked for and taken away meanwhile. */
  early: Map<string, 'subscribe' | 'unsubscribe'>;
  watched: string[];
  closing: boolean;
};

export type Credential = { headers: Record<string, string>; token: string | null };

/** What the upgrade hands to the open socket. `refusal` is told by a close code, which browsers can see. */
export type SocketData = {
  opening: { actor: Actor; credential: Credential } | null;
  refusal: CloseCode | null;
  session: Session | null;
};

export function createSession(
  id: string,
  socket: ServerWebSocket<SocketData>,
  opening: NonNullable<SocketData['opening']>,
  now: number,
  burst: number,
): Session {
  return {
    id,
    userId: opening.actor.userId,
    credential: opening.credential,
    lane: createLane(),
    socket,
    actor: opening.actor,
    actorAt: now,
    refreshing: null,
    budget: burst,
    budgetAt: now,
    ready: false,
    greeting: true,
    early: new Map(),
    watched: [],
    closing: false,
  };
}

/** A token bucket: `perSecond` sustained, `burst` at once. False when it is empty. */
export function spendFrame(session: Session, now: number, perSecond: number, burst: number): boolean {
  session.budget = Math.min(burst, session.budget + ((now - session.budgetAt) / 1000) * perSecond);
  session.budgetAt = now;
  if (session.budget < 1) return false;
  session.budget -= 1;
  return true;
}

export function closeSession(session: Session, code: CloseCode, reason = ''): void {
  if (session.closing) return;
  session.closing = true;
  session.lane.clear();
  session.socket.close(code, reason);
}

/** Sends a connection away, to come back within this time at random. */
export function comeBack(session: Session, withinMs: number): void {
  closeSession(session, 1012, JSON.stringify({ retryAfter: Math.round(Math.random() * withinMs) / 1000 }));
}
