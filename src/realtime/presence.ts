import type { Clock, Timer } from '../lib/clock.ts';
import { topics } from '../kernel/effects.ts';
import type { PresencePort } from '../kernel/ports.ts';
import type { Presence } from '../wire/person.ts';
import type { Hub } from './hub.ts';

type Device = { away: boolean; activeAt: number };
type Person = { devices: Map<string, Device>; told: Presence['status']; lastActiveAt: number; leaving: Timer | null; hidden: boolean };

type Options = {
  clock: Clock;
  hub: Hub;
  graceMs: number;
  awayMs: number;
  /** The person is gone; remember when they were last seen. */
  lastSeen(userId: string, at: number): Promise<void>;
};

/**
 * Several devices are one person: online while any is, away while all are, offline a few seconds after the last one
 * went, so that a connection that comes back at once shows nothing.
 */
export function createPresence({ clock, hub, graceMs, awayMs, lastSeen }: Options) {
  const people = new Map<string, Person>();

  function statusOf(person: Person): Presence['status'] {
    if (person.devices.size === 0) return person.leaving ? person.told : 'offline';
    const now = clock.now();
    for (const device of person.devices.values()) if (!device.away && now - device.activeAt < awayMs) return 'online';
    return 'away';
  }

  const present = (userId: string, person: Person): Presence => ({ userId, status: person.told, lastActiveAt: person.lastActiveAt });

  function tell(userId: string, person: Person): void {
    const status = statusOf(person);
    if (status === person.told) return;
    person.told = status;
    if (!person.hidden) hub.publish(topics.presence(userId), { type: 'presence.updated', data: present(userId, person) });
  }

  function leave(userId: string, person: Person): void {
    person.leaving = null;
    tell(userId, person);
    // Known here until it is stored, and a while longer for those who read the rows just before.
    const forget = (): void => {
      if (person.devices.size === 0 && people.get(userId) === person) people.delete(userId);
    };
    void lastSeen(userId, person.lastActiveAt).finally(() => clock.after(graceMs, forget));
  }

  const port: PresencePort = {
    get: (userIds) =>
      userIds.flatMap((userId) => {
        const person = people.get(userId);
        return person ? [present(userId, person)] : [];
      }),
    set(connectionId, status) {
      const userId = hub.get(connectionId)?.userId;
      const person = userId === undefined ? undefined : people.get(userId);
      const device = person?.devices.get(connectionId);
      if (userId === undefined || !person || !device) return;
      device.away = status === 'away';
      if (status === 'online') person.lastActiveAt = device.activeAt = clock.now();
      tell(userId, person);
    },
    watch(connectionId, wanted) {
      const session = hub.get(connectionId);
      if (!session) return;
      for (const topic of session.watched) if (!wanted.includes(topic)) session.socket.unsubscribe(topic);
      // Peers of direct conversations are heard anyway; only what is new here is given up with the next list.
      session.watched = wanted.filter((topic) => session.watched.includes(topic) || !session.socket.isSubscribed(topic));
      for (const topic of session.watched) session.socket.subscribe(topic);
    },
    hide(userId, hidden) {
      const person = people.get(userId);
      if (!person || person.hidden === hidden) return;
      person.hidden = hidden;
      const data: Presence = hidden ? { userId, status: 'offline', lastActiveAt: null } : present(userId, person);
      hub.publish(topics.presence(userId), { type: 'presence.updated', data });
    },
  };

  return {
    ...port,
    /** How many people are here. */
    get size() {
      return people.values().reduce((count, person) => count + (person.devices.size > 0 ? 1 : 0), 0);
    },
    connected(userId: string, connectionId: string, hidden: boolean): void {
      const now = clock.now();
      const person = people.get(userId) ?? { devices: new Map(), told: 'offline' as const, lastActiveAt: now, leaving: null, hidden };
      people.set(userId, person);
      person.leaving?.cancel();
      person.leaving = null;
      person.hidden = hidden;
      person.lastActiveAt = now;
      person.devices.set(connectionId, { away: false, activeAt: now });
      tell(userId, person);
    },
    disconnected(userId: string, connectionId: string): void {
      const person = people.get(userId);
      if (!person?.devices.delete(connectionId)) return;
      if (person.devices.size > 0) return tell(userId, person);
      person.leaving = clock.after(graceMs, () => leave(userId, person));
    },
    /** A frame that a person caused; heartbeats are none. */
    active(userId: string, connectionId: string): void {
      const person = people.get(userId);
      const device = person?.devices.get(connectionId);
      if (!person || !device) return;
      person.lastActiveAt = device.activeAt = clock.now();
      if (person.told !== 'online' && !device.away) tell(userId, person);
    },
    /** Finds those who have gone quiet. */
    sweep(): void {
      for (const [userId, person] of people) tell(userId, person);
    },
    /** What watchers are told when they start to look. Whoever hides is not in it. */
    snapshot: (userIds: string[]): Presence[] =>
      userIds.flatMap((userId) => {
        const person = people.get(userId);
        return person && !person.hidden && person.told !== 'offline' ? [present(userId, person)] : [];
      }),
    /** Remembers everybody at shutdown. */
    async flush(): Promise<void> {
      await Promise.all([...people].map(([userId, person]) => lastSeen(userId, person.lastActiveAt)));
    },
  };
}

export type PresenceRoom = ReturnType<typeof createPresence>;
