import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { newId } from '../../src/lib/id.ts';
import { busOf, type Bus, type Ear, type OpenBus } from '../../src/realtime/bus.ts';
import { postgresUrl } from './database.ts';
import { createLocalExchange } from './local-exchange.ts';

export type BusName = 'local' | 'postgres' | 'nats';

/** The buses that this run is about: those of one program in `bun test`, those between programs in `bun run test:postgres`. */
export const buses: BusName[] = postgresUrl ? ['postgres', 'nats'] : ['local'];

/** A bus of an installation of its own. `databaseUrl`: a migrated database. */
export function openerOf(name: BusName, databaseUrl: string): OpenBus {
  if (name === 'local') return createLocalExchange();
  const natsUrl = process.env.TEST_NATS_URL;
  if (name === 'nats' && !natsUrl) throw new Error('Set TEST_NATS_URL, for example nats://127.0.0.1:4222');
  const config = readConfig({ databaseUrl, authSecret: 'x'.repeat(32), busUrl: name === 'nats' ? natsUrl : 'postgres:' }, {});
  return busOf({ config, log: createLog('silent'), installation: newId() });
}

export type CuttableBus = { open: OpenBus; cut(): void; mend(): void; mute(isMute: boolean): void };

/** A bus whose connection can be lost: nothing leaves and nothing arrives, and the process hears of it when it is back. */
export function cuttable(open: OpenBus): CuttableBus {
  let isCut = false;
  let isMuted = false;
  let ear: Ear | null = null;
  return {
    async open(outer) {
      ear = outer;
      const bus = await open({ ...outer, frame: (topic, value) => void (isCut || outer.frame(topic, value)) });
      return {
        hearsAll: bus.hearsAll,
        get lonely() {
          return bus.lonely;
        },
        publish: (topic, frame) => void (isCut || isMuted || bus.publish(topic, frame)),
        listen: bus.listen,
        unlisten: bus.unlisten,
        close: bus.close,
      } satisfies Bus;
    },
    cut: () => void (isCut = true),
    /** What it says does not arrive, and it does not know. */
    mute: (is) => void (isMuted = is),
    mend() {
      isCut = false;
      ear?.gap('the test cut it');
      ear?.lost();
    },
  };
}
