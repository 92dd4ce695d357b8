import type { Config } from '../config.ts';
import type { Actor } from '../kernel/actor.ts';
import { topics, whosePresence } from '../kernel/effects.ts';
import { describe } from '../kernel/report.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Hello } from '../wire/frames.ts';
import type { Presence } from '../wire/person.ts';
import type { Hub } from './hub.ts';
import type { PresenceRoom } from './presence.ts';
import { comeBack, type Heard, type Session, type Socket } from './session.ts';

export type GreetOptions = {
  config: Config;
  clock: Clock;
  log: Log;
  hub: Hub;
  presence: PresenceRoom;
  /** What a new connection hears, and whom of those it watches it still may. */
  audience(actor: Actor, watchedIds: string[]): Promise<{ topics: [topic: string, rev: number][]; peerIds: string[]; watchedIds: string[] }>;
  /** Resolves when what other processes say about these topics is heard. */
  listen(topics: string[]): Promise<void>;
  /** So far a topic had come. */
  reached(topic: string, rev: number): void;
  /** Looks up again who this is, and closes the connection where that is nobody any longer. */
  refresh(session: Session): Promise<void>;
  epoch(): string;
};

const COME_BACK_MS = 1_000;

/** Finds out what a connection hears, and says hello. */
export function createGreeting(options: GreetOptions) {
  const { config, clock, log, presence, refresh } = options;
  const due = new Set<Session>();
  const limits = JSON.stringify(limitsOf(config));
  let renewing = 0;

  /**
   * Looks up what a connection hears before its handshake is answered, and again who it is where something about them changed
   * meanwhile. Where that cannot be, the connection is closing afterwards.
   */
  async function prepare(session: Session): Promise<void> {
    try {
      do {
        if (session.stale) session.actorAt = -Infinity;
        session.stale = false;
        session.heard = await lookUp(session);
        if (session.actorAt === -Infinity && !session.closing) await refresh(session);
      } while (session.stale && !session.closing);
    } catch (error) {
      couldNotOpen(session, error);
    }
  }

  /** Who may not come in at all was told so by what refused them. */
  function couldNotOpen(session: Session, error: unknown): void {
    if (session.closing) return;
    log.error({ connectionId: session.id, userId: session.userId, error: describe(error) }, 'socket could not open');
    comeBack(session, COME_BACK_MS);
  }

  /** With the answer to the handshake, in one write. */
  function welcome(session: Session, socket: Socket): void {
    const { heard } = session;
    session.heard = null;
    try {
      if (heard) tell(session, socket, heard);
      presence.connected(session.userId, session.id, session.actor.hidePresence);
    } catch (error) {
      couldNotOpen(session, error);
    }
  }

  async function lookUp(session: Session): Promise<Heard> {
    session.greeting = true;
    const watchedBefore = session.watched;
    const found = await options.audience(
      session.actor,
      watchedBefore.flatMap((topic) => whosePresence(topic) ?? []),
    );
    const all = new Set([topics.person(session.userId), ...found.topics.map(([topic]) => topic), ...found.peerIds.map(topics.presence)]);
    await options.listen([...all]);
    if (!session.closing) for (const [topic, rev] of found.topics) options.reached(topic, rev);
    return { all, peerIds: found.peerIds, watched: found.watchedIds.map(topics.presence), watchedBefore };
  }

  /** Subscribes first and says hello second, in one tick, so that nothing falls between and hello is the first frame. */
  function tell(session: Session, socket: Socket, { all, peerIds, watched, watchedBefore }: Heard): void {
    session.watched = session.watched.filter((topic) => watched.includes(topic) || !watchedBefore.includes(topic));
    const dropped = hearExactly(session, socket, all);
    socket.sendText(helloFor(session));
    const heardOf = [...peerIds.map(topics.presence), ...watched].filter((topic) => socket.isSubscribed(topic));
    tellPresence(socket, presence.snapshot(heardOf.flatMap((topic) => whosePresence(topic) ?? [])));
    const unheard = dropped.flatMap((topic) => whosePresence(topic) ?? []);
    tellPresence(
      socket,
      unheard.map((userId) => ({ userId, status: 'offline', lastActiveAt: null })),
    );
  }

  function tellPresence(socket: Socket, all: Presence[]): void {
    for (const data of all) socket.sendText(JSON.stringify({ type: 'presence.updated', data }));
  }

  /** What changed while it was looked up counts more than what was found. Answers what is not heard any longer. */
  function hearExactly(session: Session, socket: Socket, all: Set<string>): string[] {
    for (const [topic, change] of session.early ?? []) change === 'subscribe' ? all.add(topic) : all.delete(topic);
    session.early = null;
    session.greeting = false;
    const dropped = (session.ready ? socket.subscriptions : []).filter((topic) => !all.has(topic) && !session.watched.includes(topic));
    for (const topic of dropped) socket.unsubscribe(topic);
    for (const topic of all) socket.subscribe(topic);
    session.ready = true;
    return dropped;
  }

  /** The limits are the same for everybody, and most of it: they are encoded once. */
  function helloFor(session: Session): string {
    const own: Omit<Hello, 'limits'> = {
      connectionId: session.id,
      userId: session.userId,
      epoch: options.epoch(),
      serverTime: clock.now(),
      heartbeatMs: config.heartbeatMs,
    };
    return `{"type":"hello","data":${JSON.stringify(own).slice(0, -1)},"limits":${limits}}}`;
  }

  /**
   * News may have been missed: rights that ended, conversations that were joined or left, messages. These connections are looked up
   * as if they had just come, a few at a time, and told hello once more, upon which clients sync.
   */
  function renew(sessions: Iterable<Session>): void {
    for (const session of sessions) {
      if (session.ready) due.add(session);
      else session.stale = true;
    }
    for (; renewing < Math.min(config.busRenewAtOnce, due.size); renewing++) void renewNext().finally(() => renewing--);
  }

  async function renewNext(): Promise<void> {
    for (const session of due) {
      due.delete(session);
      if (session.closing) continue;
      session.actorAt = -Infinity;
      try {
        await refresh(session);
        const heard = await lookUp(session);
        if (session.socket && !session.closing) tell(session, session.socket, heard);
      } catch (error) {
        log.warn({ connectionId: session.id, userId: session.userId, error: describe(error) }, 'socket could not be renewed');
        comeBack(session, config.shutdownRetryAfterMs);
      }
    }
  }

  return { prepare, welcome, renew };
}

/** What a person may spend, for clients that want to know before they are refused. */
function limitsOf(config: Config): Hello['limits'] {
  const rows = Object.entries(config.rates).filter(([, { per }]) => config.rateLimits && per === 'person');
  return {
    messageCodePoints: config.messageMaxCodePoints,
    poll: {
      questionCodePoints: config.pollQuestionMaxCodePoints,
      optionCodePoints: config.pollOptionMaxCodePoints,
      options: config.pollOptionsMax,
      openMs: config.pollOpenMaxMs,
    },
    frameBytes: config.socketFrameMaxBytes,
    framesPerSecond: config.socketFramesPerSecond,
    framesBurst: config.socketFramesBurst,
    rates: Object.fromEntries(rows.map(([kind, { points, seconds }]) => [kind, { points, seconds }])),
  };
}
