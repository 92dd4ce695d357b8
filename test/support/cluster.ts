import type { ConfigInput } from '../../src/config.ts';
import { buses, cuttable, openerOf, type BusName, type CuttableBus } from './buses.ts';
import { createFakeClock, type FakeClock } from './clock.ts';
import { dialects } from './database.ts';
import { createPerson, type Person } from './person.ts';
import { startServer, type TestServer } from './server.ts';
import { createMigrated, openTestStore } from './migrated.ts';

export type TestCluster = {
  servers: TestServer[];
  wires: CuttableBus[];
  clock: FakeClock;
  /** A device of a person that is connected to another process. */
  device(person: Person, server: number): Person;
  /** One process more. */
  join(): Promise<TestServer>;
  /** Resolves when every process knows of so many. */
  know(count: number): Promise<void>;
  stop(): Promise<void>;
};

export const clusterBuses = buses;

/** Several servers of one installation. With SQLite they share the store, as only one process may have its file. */
export async function startCluster(bus: BusName, config: ConfigInput = {}, size = 2): Promise<TestCluster> {
  const dialect = dialects[0] ?? 'sqlite';
  const database = await createMigrated(dialect);
  const clock = createFakeClock();
  const shared = dialect === 'sqlite' ? await openTestStore(database.url) : null;
  // The bus of Postgres needs its table before the first server makes it.
  if (!shared) await (await openTestStore(database.url)).close();
  const open = openerOf(bus, database.url);
  const servers: TestServer[] = [];
  const wires: CuttableBus[] = [];
  const devices: Person[] = [];

  async function join(): Promise<TestServer> {
    const wire = cuttable(open);
    const server = await startServer({
      dialect,
      database: { ...database, drop: async () => undefined },
      config,
      clock,
      openBus: wire.open,
      ...(shared && { store: { ...shared, close: async () => undefined } }),
      ...(servers[0] && { orgId: servers[0].orgId }),
    });
    servers.push(server);
    wires.push(wire);
    return server;
  }

  for (let i = 0; i < size; i++) await join();

  const cluster: TestCluster = {
    servers,
    wires,
    clock,
    device(person, index) {
      const server = servers[index];
      if (!server) throw new Error(`there is no server ${index}`);
      const device = createPerson({ userId: person.userId, name: person.name, token: person.token, url: () => server.url });
      devices.push(device);
      return device;
    },
    join,
    know: (count) => until(() => servers.every(({ app }) => app.processes === count)),
    async stop() {
      await Promise.all(devices.map((device) => device.disconnect()));
      await Promise.all(servers.map((server) => server.stop()));
      await shared?.close();
      await database.drop();
    },
  };
  await cluster.know(size);
  return cluster;
}

/** For what another process does in its own time, and tells nobody: looks again whenever something happened. */
export async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setImmediate(resolve));
}
