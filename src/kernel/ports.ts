import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Config } from '../config.ts';
import type { Appended, Draft } from '../db/append.ts';
import type { Search } from '../db/search.ts';
import type { Db, Store } from '../db/store.ts';
import type { Event } from '../wire/events.ts';
import type { Presence } from '../wire/person.ts';
import type { Actor } from './actor.ts';
import type { Effect } from './effects.ts';
import type { Limits } from './limits.ts';
import type { MessageRows } from './message-rows.ts';

export type { Appended, Db, Draft, MessageRows, Search, Store };
export type Tables = Store['tables'];

/** What a send becomes once it is stored. Called in `seq` order, in the tick of the commit, before the sender has the answer. */
export type Announce = (stored: Stored) => Effect[];
export type Stored = Extract<Appended, { outcome: 'stored' }> & { createdAt: number };

export type Mark = { conversationId: string; userId: string; readSeq: number; deliveredSeq: number };
/**
 * Marks after the commit. `moved` is false where they already were as far. `notified`: the read mark moved, and the member had
 * been notified of something beyond where it was. `blocked`: one of the two in the direct conversation blocks the other. Null: not a member.
 */
export type Marked = {
  orgId: string;
  readSeq: number;
  deliveredSeq: number;
  lastSeq: number;
  moved: boolean;
  notified: boolean;
  blocked: boolean;
} | null;

/** Group commit of sends: order kept, announced before settled. */
export interface AppendLane {
  add(draft: Omit<Draft, 'id'>, announce: Announce): Promise<Appended>;
}

/** Group commit of marks: acknowledged after the commit. */
export interface MarkLane {
  add(mark: Mark): Promise<Marked>;
}

/** Who is there. Never stored, except the last time somebody was seen. */
export interface PresencePort {
  get(userIds: string[]): Presence[];
  set(connectionId: string, status: 'online' | 'away'): void;
  /** Replaces the topics that this connection watches beyond its direct peers'. */
  watch(connectionId: string, topics: string[]): void;
  /** The person hides, or shows themselves again. */
  hide(userId: string, hidden: boolean): void;
}

/** Who is typing where. Announced when it starts and when it ends; it ends by itself, and with the connection. Never stored. */
export interface TypingPort {
  start(topic: string, userId: string, connectionId: string | null, event: (typing: boolean) => Event): void;
  stop(topic: string, userId: string): void;
}

export interface TicketPort {
  /** A one-time secret for one socket; `expiresAt` in epoch milliseconds. */
  issue(actor: Actor, token: string | null): Promise<{ ticket: string; expiresAt: number }>;
}

export type PushTarget = { endpoint: string; p256dh: string; auth: string };

/** Web Push to one browser. */
export interface PushPort {
  /** What browsers subscribe with. */
  readonly publicKey: string;
  /** Why nothing is ever sent to this address; null where it may be tried. */
  refuses(endpoint: string): string | null;
  /**
   * What waits at the push service under the same `collapse` is replaced. `gone`: the browser takes no more, for ever. Throws a
   * JobFailed where it was not taken.
   */
  send(target: PushTarget, payload: string, how: { collapse: string; urgency: 'low' | 'normal' | 'high' }): Promise<'delivered' | 'gone'>;
}

/** What a page of the web says about itself. Everything in it is text of somebody outside; `picture` is a small WebP as base64. */
export type PageFacts = { title: string; description: string | null; siteName: string | null; picture: string | null };

/** The web, read on behalf of people: only what is public, and never more of it than the limits say. */
export interface PagesPort {
  /** Null where there is nothing to show, for whatever reason. Never throws. */
  look(address: string): Promise<PageFacts | null>;
}

export type Job = { id: string; payload: Record<string, unknown>; attempts: number };

/** What the outbox can be asked to do. `perform` may be handed the same job more than once. */
export type JobKind = {
  /** How many that are due together are handed over at once. */
  batchMax: number;
  /** Of these so many are done together as weigh at most `weightMax`, and at least one; the others follow. */
  weigh?(payload: Record<string, unknown>): number;
  weightMax?: number;
  /** How many such batches may be under way at the same time; 1 where absent. */
  atOnce?: number;
  /** `perform` removes the jobs itself, in the transaction in which it does them: exactly once. */
  removes?: boolean;
  perform(jobs: Job[]): Promise<void>;
};
export type JobKinds = Record<string, JobKind>;

/** Everything that the pipeline stands on. Built once, by app.ts. */
export type Ports = {
  config: Config;
  clock: Clock;
  log: Log;
  store: Store;
  limits: Limits;
  rows: MessageRows;
  appends: AppendLane;
  marks: MarkLane;
  presence: PresencePort;
  typing: TypingPort;
  tickets: TicketPort;
  push: PushPort;
  pages: PagesPort;
  /** Changes when the data was restored from a backup. */
  epoch(): string;
  /** Carries out what a committed command asked for, in order. */
  apply(effects: readonly Effect[]): void;
  /** There is something in the outbox that is due then (epoch milliseconds; by default at once). */
  wakeOutbox(dueAt?: number): void;
};
