import type { Config } from '../config.ts';
import type { Effect } from '../kernel/effects.ts';
import type { Spent } from '../kernel/limits.ts';
import { createSequencer } from '../kernel/sequencer.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { OpenBus } from './bus.ts';
import { createCluster, type IdentityChange } from './cluster.ts';
import { createEars } from './ears.ts';
import { createHub } from './hub.ts';
import { createPerform } from './perform.ts';
import { createPresence } from './presence.ts';
import type { Session } from './session.ts';
import { createTickets } from './tickets.ts';
import { createTyping } from './typing.ts';

type Options = {
  config: Config;
  clock: Clock;
  log: Log;
  openBus: OpenBus;
  /** The same in every process of the installation. */
  secret: string;
  limits: { unshared(): Spent[]; heard(spent: Spent[]): void };
  /** Nothing cached about this person, or about anybody, is believed any longer. */
  forget(userId: string): void;
  forgetAll(): void;
  /** The same for a person or a key, and their open sockets are looked up again now. */
  recheck(id: string): void;
  /** What these sockets hear, and who they are, is looked up again, and they are told to sync. */
  renew(sessions: Iterable<Session>): void;
  lastSeen(userId: string, at: number): Promise<void>;
  onDelivered(receivers: number): void;
  onBusFrame(way: 'in' | 'out'): void;
};

const EAR_SWEEP_MS = 30_000;
const RATES_SHARED_EVERY_MS = 1_000;
const PEOPLE_A_FRAME = 500;

/** Everything that is live: who is connected here and to the other processes, what they hear, and how it gets to them. */
export async function createRealtime(options: Options) {
  const { config, clock, log, limits } = options;
  const hub = createHub(options.onDelivered);
  const typing = createTyping(clock, config.typingTtlMs, (topic, event) => {
    hub.publish(topic, event);
    cluster.publish([{ do: 'publish', topic, event }]);
  });
  const presence = createPresence({
    clock,
    hub,
    graceMs: config.presenceGraceMs,
    awayMs: config.presenceAwayMs,
    lastSeen: options.lastSeen,
    share: (people) => cluster.tell({ kind: 'presence', people }),
  });
  const tickets = createTickets({
    clock,
    ttlMs: config.ticketTtlMs,
    max: config.ticketsMax,
    secret: options.secret,
    used: (id) => cluster.tell({ kind: 'ticket-used', id }),
  });

  const cluster = await createCluster({
    openBus: options.openBus,
    clock,
    aliveMs: config.busAliveMs,
    expiryMs: config.busMissesMax * config.busAliveMs,
    effects: (effects) => sequencer.take(effects),
    note(note, from) {
      if (note.kind === 'presence') presence.heard(from, note.people, note.all === true);
      else if (note.kind === 'identity') identityChanged(note.change);
      else if (note.kind === 'ticket-used') tickets.spend(note.id);
      else if (note.kind === 'rates') limits.heard(note.spent);
    },
    asked: introduce,
    gone: presence.gone,
    gap(reason) {
      log.warn({ reason, sockets: hub.size }, 'news of other processes may have been missed; sockets are told to sync');
      sequencer.forgetAll();
      options.forgetAll();
      options.renew(hub.everybody());
    },
    onFrame: options.onBusFrame,
  });

  const ears = createEars({
    hearsAll: cluster.hearsAll,
    bus: cluster,
    heard: hub.hears,
    late: (userIds) => options.renew(userIds.flatMap((userId) => [...hub.of(userId)])),
    left: (topic) => sequencer.forget(topic),
  });
  const perform = createPerform({ hub, ears, typing, presence, forget: options.forget, recheck: options.recheck, renew: options.renew });
  const sequencer = createSequencer({ clock, holdMs: config.reorderHoldMs, max: config.reorderConversationsMax, perform, follows: ears.has });

  /** Says who is here, and with the first of them that nobody else is. */
  function introduce(): void {
    const people = presence.everybody();
    cluster.tell({ kind: 'presence', people: people.slice(0, PEOPLE_A_FRAME), all: true });
    for (let i = PEOPLE_A_FRAME; i < people.length; i += PEOPLE_A_FRAME)
      cluster.tell({ kind: 'presence', people: people.slice(i, i + PEOPLE_A_FRAME) });
  }

  /** Connections whose session ended, or whose person may not be here any longer, are closed; the others are asked again. */
  function identityChanged(change: IdentityChange): void {
    const { userId, kind } = change;
    options.forget(userId);
    if (kind === 'session-ended')
      return hub.disconnect(userId, 4010, ({ credential: { token } }) => token !== null && hashOf(token) === change.tokenHash);
    if (kind !== 'rights') hub.disconnect(userId, 4003);
    options.recheck(userId);
  }

  const sharingRates = clock.every(RATES_SHARED_EVERY_MS, () => {
    const spent = limits.unshared();
    if (spent.length > 0) cluster.tell({ kind: 'rates', spent });
  });
  const sweepingEars = clock.every(EAR_SWEEP_MS, () => ears.sweep());

  return {
    hub,
    typing,
    presence,
    tickets,
    /** Makes this process known to the others. */
    start: cluster.start,
    /** Resolves when what other processes say about these topics is heard. */
    listen: ears.listen,
    reached: sequencer.reached,
    /** Carries out what a committed command asked for, here and in the other processes, in order. */
    apply(effects: readonly Effect[]): void {
      cluster.publish(effects);
      sequencer.take(effects);
    },
    /** What happened to somebody's identity. `token` is the one of the session that ended. */
    identityChanged({ kind, userId, token }: { kind: IdentityChange['kind']; userId: string; token?: string }): void {
      const change = { kind, userId, ...(token !== undefined && { tokenHash: hashOf(token) }) };
      identityChanged(change);
      cluster.tell({ kind: 'identity', change });
    },
    /** How many other processes there are. */
    get others(): number {
      return cluster.size;
    },
    /** Nothing is told after this. */
    async stop(): Promise<void> {
      sharingRates.cancel();
      sweepingEars.cancel();
      await presence.flush();
      await cluster.stop();
    },
  };
}

const hashOf = (token: string): string => new Bun.CryptoHasher('sha256').update(token).digest('base64url');
