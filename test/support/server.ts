import { createApp, type App } from '../../src/app.ts';
import { readConfig, type ConfigInput } from '../../src/config.ts';
import type { Store } from '../../src/db/store.ts';
import { newId } from '../../src/lib/id.ts';
import { createLog } from '../../src/lib/log.ts';
import type { OpenBus } from '../../src/realtime/bus.ts';
import { createFakeClock, type FakeClock } from './clock.ts';
import { migrations, type Dialect, type TestDatabase } from './database.ts';
import { createMigrated } from './migrated.ts';
import { createPerson, type Person } from './person.ts';

export type TestServer = {
  app: App;
  url: string;
  clock: FakeClock;
  database: TestDatabase;
  /** Every line that was logged. */
  log: Record<string, unknown>[];
  orgId: string;
  /** A signed-in person of the organisation (another one with `orgId`), without the cost of a password. */
  person(name: string, options?: { orgId?: string; role?: 'owner' | 'admin' | 'member'; kind?: 'user' | 'guest' }): Promise<Person>;
  organisation(name: string): Promise<string>;
  /** Whoever shows this token, such as a key, in whose name `actAs` says. */
  holder(token: string, actAs?: string): Person;
  /** Stops and starts on the same database, as another process would. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

type ServerOptions = {
  dialect?: Dialect;
  config?: ConfigInput;
  database?: TestDatabase;
  /** For servers that share more than a database. */
  clock?: FakeClock;
  store?: Store;
  openBus?: OpenBus;
  orgId?: string;
};

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await createMigrated(options.dialect ?? 'sqlite'));
  const clock = options.clock ?? createFakeClock();
  const { store: sharedStore, openBus } = options;
  const lines: Record<string, unknown>[] = [];
  const config = readConfig(
    {
      port: 0,
      host: '127.0.0.1',
      databaseUrl: database.url,
      dataDir: database.dataDir,
      authSecret: 'test-secret-of-at-least-32-characters',
      // Whatever address a test writes, nobody is called but where that is what is tried.
      linkPreviews: false,
      ...options.config,
    },
    {},
  );
  const open = () =>
    createApp(
      config,
      { migrations, web: null, docs: null },
      {
        clock,
        log: createLog('info', (line) => lines.push(JSON.parse(line))),
        ...(sharedStore && { store: sharedStore }),
        ...(openBus && { openBus }),
      },
    );
  let app = await open();
  let { url } = app.start();
  const people: Person[] = [];

  async function organisation(name: string): Promise<string> {
    const { store } = app.ports;
    const id = newId();
    await store.tx(async (db) => void (await db.insert(store.tables.organization).values({ id, name, slug: id, createdAt: new Date() })));
    return id;
  }
  const orgId = options.orgId ?? (await organisation('Club'));

  return {
    get app() {
      return app;
    },
    get url() {
      return url;
    },
    clock,
    database,
    log: lines,
    orgId,
    organisation,
    holder(token, actAs) {
      const holder = createPerson({ userId: '', name: 'holder', token, url: () => url, ...(actAs !== undefined && { actAs }) });
      people.push(holder);
      return holder;
    },
    async person(name, { orgId: into = orgId, role = 'member', kind = 'user' } = {}) {
      const { store } = app.ports;
      const now = new Date();
      const userId = newId();
      const token = `test-${newId()}`;
      await store.tx(async (db) => {
        await db.insert(store.tables.user).values({ id: userId, name, email: `${userId}@example.com`, kind, createdAt: now, updatedAt: now });
        await db.insert(store.tables.member).values({ id: newId(), organizationId: into, userId, role, createdAt: now });
        await db
          .insert(store.tables.session)
          .values({ id: newId(), userId, token, expiresAt: new Date(clock.now() + 86_400_000 * 30), createdAt: now, updatedAt: now });
      });
      const person = createPerson({ userId, name, token, url: () => url });
      people.push(person);
      return person;
    },
    async restart() {
      await app.stop();
      app = await open();
      ({ url } = app.start());
    },
    async stop() {
      await Promise.all(people.map((person) => person.disconnect()));
      await app.stop();
      await database.drop();
    },
  };
}
