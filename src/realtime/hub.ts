import type { Server } from 'bun';
import type { CloseCode } from '../wire/errors.ts';
import type { Event } from '../wire/events.ts';
import { createMultimap } from '../lib/multimap.ts';
import { closeSession, type Session, type SocketData } from './session.ts';

/**
 * Who is connected here, and what they hear. Publishing is the runtime's: a frame is encoded once and written to
 * every subscriber at the end of the tick.
 */
export function createHub(onDeliver: (receivers: number) => void) {
  /** Those whose handshake is not answered yet are in it already: what changes meanwhile concerns them. */
  const byUser = createMultimap<string, Session>();
  const byId = new Map<string, Session>();
  const arriving = new Set<Session>();
  /** Opened with a key of an organisation: they rest on the key and its bot as well as on the person. */
  const byKey = new Set<Session>();
  let server: Server<SocketData> | null = null;

  const { of } = byUser;

  /** The connections that end with this person or key. */
  function restingOn(id: string): Set<Session> {
    const keyed = [...byKey].filter(({ actor: { grant } }) => grant?.keyId === id || grant?.botId === id);
    return new Set([...of(id), ...keyed]);
  }

  return {
    attach: (to: Server<SocketData>): void => void (server = to),
    get size() {
      return byId.size;
    },
    /** Output that waits for somebody to read it. */
    get unreadBytes() {
      return [...byId.values()].reduce((sum, { socket }) => sum + (socket?.getBufferedAmount() ?? 0), 0);
    },
    all: (): Iterable<Session> => byId.values(),
    /** With those who are on their way in. */
    everybody: (): Iterable<Session> => [...byId.values(), ...arriving],
    of,
    restingOn,
    get: (connectionId: string): Session | undefined => byId.get(connectionId),
    countOf: byUser.countOf,
    /** Somebody here hears this topic. */
    hears: (topic: string): boolean => (server?.subscriberCount(topic) ?? 0) > 0,

    /** The connections here that hear this topic. */
    hearing(topic: string): Session[] {
      return this.hears(topic) ? [...byId.values()].filter(({ socket }) => socket?.isSubscribed(topic)) : [];
    },

    /** Somebody is on their way in. */
    arrive(session: Session): void {
      arriving.add(session);
      byUser.add(session.userId, session);
      if (session.actor.grant) byKey.add(session);
    },
    /** The handshake is answered. */
    add(session: Session): void {
      arriving.delete(session);
      byId.set(session.id, session);
    },
    remove(session: Session): void {
      arriving.delete(session);
      byId.delete(session.id);
      byKey.delete(session);
      byUser.delete(session.userId, session);
    },

    publish(topic: string, event: Event): void {
      const receivers = server?.subscriberCount(topic) ?? 0;
      if (!server || receivers === 0) return;
      server.publish(topic, JSON.stringify(event));
      onDeliver(receivers);
    },

    /** All connections of a person hear this topic from now on, also those that are still opening. */
    subscribe(userId: string, topic: string): void {
      for (const session of of(userId)) {
        if (session.ready) session.socket?.subscribe(topic);
        if (session.greeting) (session.early ??= new Map()).set(topic, 'subscribe');
      }
    },
    unsubscribe(userId: string, topic: string): void {
      for (const session of of(userId)) {
        if (session.ready) session.socket?.unsubscribe(topic);
        if (session.greeting) (session.early ??= new Map()).set(topic, 'unsubscribe');
      }
    },

    /** Closes a person's connections, or those of them that `which` picks. */
    disconnect(userId: string, code: CloseCode, which: (session: Session) => boolean = () => true): void {
      for (const session of [...of(userId)]) if (which(session)) closeSession(session, code);
    },
    /** The next frame of these connections asks again who they are. */
    forget(userId: string): void {
      for (const session of of(userId)) session.actorAt = -Infinity;
    },
  };
}

export type Hub = ReturnType<typeof createHub>;
