import type { Effect } from '../kernel/effects.ts';
import type { Spent } from '../kernel/limits.ts';
import type { Clock, Timer } from '../lib/clock.ts';
import { newId } from '../lib/id.ts';
import { EVERYBODY, type Bus, type OpenBus } from './bus.ts';
import type { PresenceShare } from './presence.ts';

/** What happened to somebody's identity. `tokenHash`: of the session that ended. */
export type IdentityChange = { kind: 'session-ended' | 'banned' | 'user-deleted' | 'rights'; userId: string; tokenHash?: string };

/** What processes tell each other beside the effects of commits. */
export type Note =
  /** Sent at the start and every few seconds. `starting`: it has told everything it ever did. `ask`: the others say who is there. `lost`: something it told may be missing. */
  | { kind: 'alive'; starting?: boolean; ask?: boolean; lost?: boolean }
  /** It ends in order, and everything it did has been told. */
  | { kind: 'leaving' }
  /** Who is connected there. `all`: and nobody else. */
  | { kind: 'presence'; people: PresenceShare[]; all?: boolean }
  | { kind: 'identity'; change: IdentityChange }
  | { kind: 'ticket-used'; id: string }
  | { kind: 'rates'; spent: Spent[] };

type Frame = { from: string; effects?: Effect[]; note?: Note };

type Options = {
  openBus: OpenBus;
  clock: Clock;
  /** How often a process says that it lives, and after how long a silence it is taken for dead. */
  aliveMs: number;
  expiryMs: number;
  /** What another process did; to be carried out here, too. */
  effects(effects: Effect[]): void;
  note(note: Exclude<Note, { kind: 'alive' | 'leaving' }>, from: string): void;
  /** Somebody wants to know who is here. */
  asked(): void;
  gone(processId: string): void;
  /** Something that another process did may have been missed here. */
  gap(reason: string): void;
  onFrame(way: 'in' | 'out'): void;
};

/**
 * The processes of one installation. What a commit wants to happen is carried out here and told to the others, unless there
 * are none: a process that has been alone for as long as a dead one is waited for publishes nothing. One that starts says so
 * before it lets anybody in, and tells everything it does until it knows that it is alone.
 */
export async function createCluster(options: Options) {
  const { clock, aliveMs, expiryMs } = options;
  const self = newId();
  let startedAt = clock.monotonic();
  let beating: Timer | null = null;
  /** Something was not told, because nobody was there. */
  let withheld = false;
  /** The others, and when each was heard last. */
  const others = new Map<string, number>();
  const bus: Bus = await options.openBus({
    frame: hear,
    gap: (reason) => void (beating && missed(reason)),
    lost: () => tell({ kind: 'alive', lost: true }),
  });

  const isAlone = (): boolean => others.size === 0 && (bus.lonely || clock.monotonic() - startedAt > expiryMs);

  function publish(effects: readonly Effect[]): void {
    if (effects.length === 0) return;
    if (isAlone()) return void (withheld = true);
    if (bus.hearsAll) return send(EVERYBODY, { from: self, effects: [...effects] });
    for (const [topic, some] of Map.groupBy(effects, topicOf)) send(topic, { from: self, effects: some });
  }

  function tell(note: Note): void {
    if (note.kind === 'alive' || !isAlone()) send(EVERYBODY, { from: self, note });
  }

  function send(topic: string, frame: Frame): void {
    bus.publish(topic, JSON.stringify(frame));
    options.onFrame('out');
  }

  function hear(_topic: string, value: unknown): void {
    // A process of another version may say what this one does not know; what it does not know it leaves alone.
    const { from, effects, note } = value as Frame;
    if (from === self || !beating) return;
    options.onFrame('in');
    if (note?.kind === 'leaving') return leave(from);
    const isNew = !others.has(from);
    others.set(from, clock.monotonic());
    if (note?.kind === 'alive') {
      if (note.ask) options.asked();
      if (note.lost) options.gap('another process lost frames');
    }
    if (isNew) welcome(note);
    if (effects) options.effects(effects);
    if (note && note.kind !== 'alive') options.note(note, from);
  }

  /** It must learn of us; and unless it has only just started, it did things that nobody told us, and we did things that we told nobody. */
  function welcome(note: Note | undefined): void {
    const isStarting = note?.kind === 'alive' && note.starting === true;
    tell({ kind: 'alive', ...(withheld && !isStarting && { lost: true }) });
    withheld = false;
    if (isStarting) return;
    options.asked();
    tell({ kind: 'alive', ask: true });
    options.gap('another process was not known');
  }

  function leave(processId: string): void {
    if (others.delete(processId)) options.gone(processId);
  }

  function missed(reason: string): void {
    tell({ kind: 'alive', ask: true });
    options.gap(reason);
  }

  /** Whoever died may have committed something and never told it. */
  function beat(): void {
    tell({ kind: 'alive' });
    for (const [processId, heardAt] of others) {
      if (clock.monotonic() - heardAt <= expiryMs) continue;
      leave(processId);
      options.gap('another process died');
    }
  }

  return {
    /** To be called before anybody is let in: what happened before is in the database. */
    start(): void {
      startedAt = clock.monotonic();
      beating = clock.every(aliveMs, beat);
      tell({ kind: 'alive', starting: true, ask: true });
    },
    publish,
    tell,
    listen: (topics: readonly string[]): Promise<void> => bus.listen(topics),
    unlisten: (topics: readonly string[]): void => bus.unlisten(topics),
    hearsAll: bus.hearsAll,
    /** How many other processes are known. */
    get size(): number {
      return others.size;
    },
    async stop(): Promise<void> {
      beating?.cancel();
      tell({ kind: 'leaving' });
      await bus.close();
    },
  };
}

export type Cluster = Awaited<ReturnType<typeof createCluster>>;

/** Events go to those who listen; what changes who hears, and what is believed of people, to all. */
const topicOf = (effect: Effect): string => (effect.do === 'publish' ? effect.topic : EVERYBODY);
