import type { ServerWebSocket } from 'bun';
import type { Actor } from '../kernel/actor.ts';
import { createLane, type Lane } from '../lib/lane.ts';
import type { CloseCode } from '../wire/errors.ts';

/** One connection. Small, because an idle person costs one of these. */
export type Session = {
  readonly id: string;
  readonly userId: string;
  /** What the connection was opened with, to ask again who it is. Never logged. */
  readonly credential: Credential;
  readonly lane: Lane;
  /** Null while what it hears is looked up, which is before the handshake is answered. */
  socket: Socket | null;
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
  early: Map<string, 'subscribe' | 'unsubscribe'> | null;
  /** News may have been missed while it was looked up. */
  stale: boolean;
  /** What was found, until the handshake is answered. */
  heard: Heard | null;
  watched: readonly string[];
  /** Why it is being closed. */
  closing: Farewell | null;
};

export type Credential = { headers: Record<string, string>; token: string | null };
export type Opening = { actor: Actor; credential: Credential };
export type Farewell = { code: CloseCode; reason: string };
/** What a connection hears, and whose presence it is told. */
export type Heard = { all: Set<string>; peerIds: string[]; watched: string[]; watchedBefore: readonly string[] };

/** What the upgrade hands to the open socket: the connection, or the close code by which a browser sees why there is none. */
export type SocketData = Session | Farewell;
export type Socket = ServerWebSocket<SocketData>;

const NOTHING: readonly string[] = [];

export function createSession(id: string, { actor, credential }: Opening, now: number, burst: number): Session {
  return {
    id,
    userId: actor.userId,
    credential,
    lane: createLane(),
    socket: null,
    actor,
    actorAt: now,
    refreshing: null,
    budget: burst,
    budgetAt: now,
    ready: false,
    greeting: true,
    early: null,
    stale: false,
    heard: null,
    watched: NOTHING,
    closing: null,
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
  session.closing = { code, reason };
  session.lane.clear();
  session.socket?.close(code, reason);
}

/** Sends a connection away, to come back within this time at random. */
export function comeBack(session: Session, withinMs: number): void {
  closeSession(session, 1012, JSON.stringify({ retryAfter: Math.round(Math.random() * withinMs) / 1000 }));
}
