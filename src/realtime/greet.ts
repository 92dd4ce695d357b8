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
import { comeBack, type Session } from './session.ts';

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
  const { config, clock, log, hub, presence, refresh } = options;
  const due = new Set<Session>();
  const limits = limitsOf(config);
  let renewing = 0;

  async function welcome(session: Session): Promise<void> {
    try {
      await greet(session);
      if (!session.closing) presence.connected(session.userId, session.id, session.actor.hidePresence);
    } catch (error) {
      log.error({ connectionId: session.id, userId: session.userId, error: describe(error) }, 'socket could not open');
      comeBack(session, COME_BACK_MS);
    }
  }

  /** Subscribes first and says hello second, in one tick, so that nothing falls between and hello is the first frame. */
  async function greet(session: Session): Promise<void> {
    session.greeting = true;
    const before = session.watched;
    const {
      topics: heard,
      peerIds,
      watchedIds,
    } = await options.audience(
      session.actor,
      before.flatMap((topic) => whosePresence(topic) ?? []),
    );
    const watched = watchedIds.map(topics.presence);
    const all = new Set([topics.person(session.userId), ...heard.map(([topic]) => topic), ...peerIds.map(topics.presence)]);
    await options.listen([...all]);
    if (session.closing) return;
    for (const [topic, rev] of heard) options.reached(topic, rev);
    session.watched = session.watched.filter((topic) => watched.includes(topic) || !before.includes(topic));
    const dropped = hearExactly(session, all);
    session.socket.sendText(JSON.stringify({ type: 'hello', data: helloOf(session) }));
    const heardOf = [...peerIds, ...watchedIds].filter((userId) => session.socket.isSubscribed(topics.presence(userId)));
    tellPresence(session, presence.snapshot(heardOf));
    const unheard = dropped.flatMap((topic) => whosePresence(topic) ?? []);
    tellPresence(
      session,
      unheard.map((userId) => ({ userId, status: 'offline', lastActiveAt: null })),
    );
  }

  function tellPresence({ socket }: Session, all: Presence[]): void {
    for (const data of all) socket.sendText(JSON.stringify({ type: 'presence.updated', data }));
  }

  /** What changed while it was looked up counts more than what was found. Answers what is not heard any longer. */
  function hearExactly(session: Session, all: Set<string>): string[] {
    const { socket, early } = session;
    for (const [topic, change] of early) change === 'subscribe' ? all.add(topic) : all.delete(topic);
    early.clear();
    session.greeting = false;
    const dropped = (session.ready ? socket.subscriptions : []).filter((topic) => !all.has(topic) && !session.watched.includes(topic));
    for (const topic of dropped) socket.unsubscribe(topic);
    for (const topic of all) socket.subscribe(topic);
    session.ready = true;
    return dropped;
  }

  function helloOf(session: Session): Hello {
    return {
      connectionId: session.id,
      userId: session.userId,
      epoch: options.epoch(),
      serverTime: clock.now(),
      heartbeatMs: config.heartbeatMs,
      limits,
    };
  }

  /**
   * News may have been missed: rights that ended, conversations that were joined or left, messages. These connections are looked up
   * as if they had just come, a few at a time, and told hello once more, upon which clients sync.
   */
  function renew(sessions: Iterable<Session> = hub.all()): void {
    for (const session of sessions) if (session.ready) due.add(session);
    for (; renewing < Math.min(config.busRenewAtOnce, due.size); renewing++) void renewNext().finally(() => renewing--);
  }

  async function renewNext(): Promise<void> {
    for (const session of due) {
      due.delete(session);
      if (session.closing) continue;
      session.actorAt = -Infinity;
      try {
        await refresh(session);
        await greet(session);
      } catch (error) {
        log.warn({ connectionId: session.id, userId: session.userId, error: describe(error) }, 'socket could not be renewed');
        comeBack(session, config.shutdownRetryAfterMs);
      }
    }
  }

  return { welcome, renew };
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
    },
    frameBytes: config.socketFrameMaxBytes,
    framesPerSecond: config.socketFramesPerSecond,
    framesBurst: config.socketFramesBurst,
    rates: Object.fromEntries(rows.map(([kind, { points, seconds }]) => [kind, { points, seconds }])),
  };
}
