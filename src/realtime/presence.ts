import type { Clock, Timer } from '../lib/clock.ts';
import { topics } from '../kernel/effects.ts';
import type { PresencePort } from '../kernel/ports.ts';
import type { Presence } from '../wire/person.ts';
import type { Hub } from './hub.ts';

type Status = Presence['status'];
/** `activeAt` is monotonic: who is away has nothing to do with what the clock says. */
type Device = { readonly connectionId: string; away: boolean; activeAt: number };
/** What one process says of a person. */
type Sight = { status: Status; lastActiveAt: number };
type Person = {
  /** A few at most, mostly one. */
  readonly devices: Device[];
  /** By process: what the others see of this person. Null where no other process has seen them. */
  elsewhere: Map<string, Sight> | null;
  /** What is so here, and was told to the other processes. */
  here: Status;
  /** What is so in all, and was told to those who watch. */
  told: Status;
  lastActiveAt: number;
  leaving: Timer | null;
  hidden: boolean;
};

/** What a process tells the others of a person. */
export type PresenceShare = Sight & { userId: string; hidden: boolean };

type Options = {
  clock: Clock;
  hub: Hub;
  graceMs: number;
  awayMs: number;
  /** The person is gone; remember when they were last seen. */
  lastSeen(userId: string, at: number): Promise<void>;
  /** The other processes are to hear of it. */
  share(people: PresenceShare[]): void;
};

const ORDER: Status[] = ['online', 'away', 'offline'];

const sightsOf = ({ elsewhere }: Person): Sight[] => (elsewhere ? [...elsewhere.values()] : []);
const deviceOf = ({ devices }: Person, connectionId: string): Device | undefined => devices.find((device) => device.connectionId === connectionId);

/**
 * Several devices are one person, whatever machines they are connected to: online while any is, away while all are, offline a few
 * seconds after the last one went, so that a connection that comes back at once shows nothing. Each process tells the others
 * what it sees and tells its own sockets what is so in all.
 */
export function createPresence({ clock, hub, graceMs, awayMs, lastSeen, share }: Options) {
  const people = new Map<string, Person>();
  /** Processes that are gone, and whose people may come back to another one at any moment. */
  const departures = new Map<string, Timer>();

  function personOf(userId: string, hidden: boolean): Person {
    const known = people.get(userId);
    if (known) return known;
    const person: Person = {
      devices: [],
      elsewhere: null,
      here: 'offline',
      told: 'offline',
      lastActiveAt: clock.now(),
      leaving: null,
      hidden,
    };
    people.set(userId, person);
    return person;
  }

  function activeNow(person: Person, device: Device): void {
    person.lastActiveAt = clock.now();
    device.activeAt = clock.monotonic();
  }

  function statusHere(person: Person): Status {
    if (person.devices.length === 0) return person.leaving ? person.here : 'offline';
    const now = clock.monotonic();
    for (const device of person.devices) if (!device.away && now - device.activeAt < awayMs) return 'online';
    return 'away';
  }

  const present = (userId: string, person: Person): Presence => ({
    userId,
    status: person.told,
    lastActiveAt: Math.max(person.lastActiveAt, ...sightsOf(person).map((sight) => sight.lastActiveAt)),
  });

  function tell(userId: string, person: Person): void {
    const here = statusHere(person);
    if (here !== person.here) {
      person.here = here;
      share([shareOf(userId, person)]);
    }
    const status = person.elsewhere
      ? (ORDER.find((one) => here === one || sightsOf(person).some((sight) => sight.status === one)) ?? 'offline')
      : here;
    if (status === person.told) return;
    person.told = status;
    if (!person.hidden) hub.publish(topics.presence(userId), { type: 'presence.updated', data: present(userId, person) });
  }

  const shareOf = (userId: string, { here: status, lastActiveAt, hidden }: Person): PresenceShare => ({ userId, status, lastActiveAt, hidden });

  function leave(userId: string, person: Person): void {
    person.leaving = null;
    tell(userId, person);
    // Known here until it is stored, and a while longer for those who read the rows just before.
    void lastSeen(userId, person.lastActiveAt).finally(() => clock.after(graceMs, () => forget(userId, person)));
  }

  function forget(userId: string, person: Person): void {
    if (person.devices.length === 0 && !person.elsewhere && !person.leaving && people.get(userId) === person) people.delete(userId);
  }

  /** What a process that is not there any more said is so no longer. */
  function unsee(userId: string, person: Person, processId: string): void {
    const sight = person.elsewhere?.get(processId);
    if (!sight) return;
    person.elsewhere?.delete(processId);
    if (person.elsewhere?.size === 0) person.elsewhere = null;
    person.lastActiveAt = Math.max(person.lastActiveAt, sight.lastActiveAt);
    tell(userId, person);
    forget(userId, person);
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
      const device = person && deviceOf(person, connectionId);
      if (userId === undefined || !person || !device) return;
      device.away = status === 'away';
      if (status === 'online') activeNow(person, device);
      tell(userId, person);
    },
    watch(connectionId, wanted) {
      const session = hub.get(connectionId);
      if (!session) return;
      for (const topic of session.watched) if (!wanted.includes(topic)) session.socket?.unsubscribe(topic);
      // Peers of direct conversations are heard anyway; only what is new here is given up with the next list.
      session.watched = wanted.filter((topic) => session.watched.includes(topic) || !session.socket?.isSubscribed(topic));
      for (const topic of session.watched) session.socket?.subscribe(topic);
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
    /** How many people are connected here. */
    get size() {
      return people.values().reduce((count, person) => count + (person.devices.length > 0 ? 1 : 0), 0);
    },
    connected(userId: string, connectionId: string, hidden: boolean): void {
      const person = personOf(userId, hidden);
      person.leaving?.cancel();
      person.leaving = null;
      person.hidden = hidden;
      const device: Device = { connectionId, away: false, activeAt: 0 };
      activeNow(person, device);
      person.devices.push(device);
      tell(userId, person);
    },
    disconnected(userId: string, connectionId: string): void {
      const person = people.get(userId);
      const device = person && deviceOf(person, connectionId);
      if (!person || !device) return;
      person.devices.splice(person.devices.indexOf(device), 1);
      if (person.devices.length > 0) return tell(userId, person);
      person.leaving = clock.after(graceMs, () => leave(userId, person));
    },
    /** A frame that a person caused; heartbeats are none. */
    active(userId: string, connectionId: string): void {
      const person = people.get(userId);
      const device = person && deviceOf(person, connectionId);
      if (!person || !device) return;
      activeNow(person, device);
      if (person.here !== 'online' && !device.away) tell(userId, person);
    },
    /** Finds those who have gone quiet. */
    sweep(): void {
      for (const [userId, person] of people) if (person.devices.length > 0) tell(userId, person);
    },
    /** What watchers are told when they start to look. Whoever hides is not in it. */
    snapshot: (userIds: string[]): Presence[] =>
      userIds.flatMap((userId) => {
        const person = people.get(userId);
        return person && !person.hidden && person.told !== 'offline' ? [present(userId, person)] : [];
      }),
    /** Everybody who is here, for a process that does not know. */
    everybody: (): PresenceShare[] =>
      [...people].filter(([, person]) => person.here !== 'offline').map(([userId, person]) => shareOf(userId, person)),
    /** What another process sees. `all`: it sees nobody else. */
    heard(processId: string, seen: PresenceShare[], all: boolean): void {
      departures.get(processId)?.cancel();
      departures.delete(processId);
      for (const { userId, hidden, status, lastActiveAt } of seen) {
        const person = personOf(userId, hidden);
        if (person.devices.length === 0) person.hidden = hidden;
        (person.elsewhere ??= new Map()).set(processId, { status, lastActiveAt });
        if (status === 'offline') unsee(userId, person, processId);
        else tell(userId, person);
      }
      if (!all) return;
      const named = new Set(seen.map(({ userId }) => userId));
      for (const [userId, person] of people) if (!named.has(userId)) unsee(userId, person, processId);
    },
    gone(processId: string): void {
      const unseeAll = (): void => {
        departures.delete(processId);
        for (const [userId, person] of [...people]) unsee(userId, person, processId);
      };
      departures.set(processId, clock.after(graceMs, unseeAll));
    },
    /** Remembers everybody at shutdown. */
    async flush(): Promise<void> {
      const here = [...people].filter(([, person]) => person.devices.length > 0 || person.leaving);
      await Promise.all(here.map(([userId, person]) => lastSeen(userId, person.lastActiveAt)));
    },
  };
}

export type PresenceRoom = ReturnType<typeof createPresence>;
