import type { Config } from '../config.ts';
import type { Log } from '../lib/log.ts';

/**
 * How the processes of one installation hear what happens in the others. Frames of one process arrive in the order in which it
 * published them. The bus may lose frames, but never quietly: whoever may have missed some is told of a gap.
 */
export interface Bus {
  /** Every frame reaches every process, whatever it listens to. */
  readonly hearsAll: boolean;
  /** Nobody else can be on it. */
  readonly lonely: boolean;
  /** To the other processes that listen to the topic. `frame` is JSON. Never throws and never waits. */
  publish(topic: string, frame: string): void;
  /** Resolves when what is published from now on is heard. */
  listen(topics: readonly string[]): Promise<void>;
  unlisten(topics: readonly string[]): void;
  close(): Promise<void>;
}

/** What a process is told by its bus. */
export type Ear = {
  /** Comes parsed. */
  frame(topic: string, value: unknown): void;
  /** What the others published may have been missed. */
  gap(reason: string): void;
  /** What was published here may not have reached the others, and they do not know. */
  lost(): void;
};
export type OpenBus = (ear: Ear) => Promise<Bus>;

/** Every process listens to this one. */
export const EVERYBODY = 'everybody';

type BusOptions = {
  config: Pick<Config, 'bus' | 'busUrl' | 'databaseUrl' | 'databaseConnectTimeoutMs' | 'busQueueMax'>;
  log: Log;
  /** Keeps installations apart that share a NATS. */
  installation: string;
};

/** Opens the bus that BUS_URL names. Throws where it cannot be reached. */
export function busOf({ config, log, installation }: BusOptions): OpenBus {
  const { bus, busUrl, databaseUrl: url, databaseConnectTimeoutMs: connectTimeoutMs, busQueueMax: queueMax } = config;
  // Only the one that is used is loaded.
  if (bus === 'postgres') return async (ear) => (await import('./bus.postgres.ts')).openPostgresBus({ url, connectTimeoutMs, queueMax, ear, log });
  if (bus === 'nats')
    return async (ear) => (await import('./bus.nats.ts')).openNatsBus({ url: busUrl ?? '', installation, connectTimeoutMs, ear, log });
  return openAlone;
}

/** One process, alone: it hears everything that there is, without listening. */
const openAlone: OpenBus = async () => ({
  hearsAll: true,
  lonely: true,
  publish() {},
  listen: async () => {},
  unlisten() {},
  close: async () => {},
});
