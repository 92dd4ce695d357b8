import { SQL } from 'bun';
import { Database } from 'bun:sqlite';
import { describe, expect, test } from 'bun:test';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, dialects, migrations, type TestDatabase } from '../support/database.ts';
import { at, draftOf, messageRows, putConversation } from '../support/rows.ts';
import { openTestStore } from '../support/migrated.ts';

/** Programs that start on a busy machine take their time; what is tested waits for what they say. */
const STARTS_TIMEOUT_MS = 60_000;

for (const dialect of dialects) {
  describe(`Opening a database on ${dialect}`, () => {
    const own = (name: string, run: (database: TestDatabase) => Promise<void>): void =>
      test(
        name,
        async () => {
          const database = await createDatabase(dialect);
          try {
            await run(database);
          } finally {
            await database.drop();
          }
        },
        STARTS_TIMEOUT_MS,
      );
    const known = readdirSync(join(migrations, dialect)).sort();

    own('brings an empty one up to date, and one that is so already stays as it is', async (database) => {
      const first = await openTestStore(database.url);
      const id = await putConversation(first, [{ userId: 'ann' }]);
      await first.append([draftOf(id, 'ann')], at(1));
      await first.close();
      const [applied, schema] = [await rows(database, APPLIED), await schemaOf(database)];
      expect(applied.map((row) => row.name)).toEqual(known);
      const second = await openTestStore(database.url);
      expect(await messageRows(second, id)).toHaveLength(1);
      await second.close();
      expect([await rows(database, APPLIED), await schemaOf(database)]).toEqual([applied, schema]);
    });

    own('works when several processes start on an empty one at once', async (database) => {
      const children = [1, 2, 3].map(() => spawn(database.url));
      await Promise.all(children.map((child) => child.says('ready')));
      for (const child of children) child.tell('go');
      expect(await Promise.all(children.map((child) => child.ended()))).toEqual(children.map(() => ({ code: 0, errors: '' })));
      expect((await rows(database, APPLIED)).map((row) => row.name)).toEqual(known);
    });

    own('refuses one that a newer version used, and leaves it alone', async (database) => {
      await (await openTestStore(database.url)).close();
      await rows(database, `insert into chinwag_migration values ('29990101000000_rooms_on_mars', 1)`);
      const schema = await schemaOf(database);
      await expect(openTestStore(database.url)).rejects.toThrow(/newer version of Chinwag.*29990101000000_rooms_on_mars.*nothing was changed/);
      expect(await schemaOf(database)).toEqual(schema);
      expect((await rows(database, APPLIED)).map((row) => row.name)).toEqual([...known, '29990101000000_rooms_on_mars']);
    });

    own('takes a migration back that fails half way, with those that came before it', async (database) => {
      const folder = join(database.dataDir, 'migrations');
      cpSync(join(migrations, dialect), join(folder, dialect), { recursive: true });
      const later = join(folder, dialect, '29990101000000_later');
      const write = (text: string): void => writeFileSync(join(later, 'migration.sql'), text);
      mkdirSync(later);
      write('create table later (id text)\n--> statement-breakpoint\ninsert into nowhere values (1)');
      await expect(openTestStore(database.url, { migrations: folder })).rejects.toThrow();
      expect(await schemaOf(database)).toEqual([]);
      write('create table later (id text)');
      await (await openTestStore(database.url, { migrations: folder })).close();
      expect(await schemaOf(database)).toContain('later');
      expect((await rows(database, APPLIED)).map((row) => row.name)).toEqual([...known, '29990101000000_later']);
    });

    own('changes nothing where it may only look', async (database) => {
      await openTestStore(database.url, { migrate: false }).then(
        (store) => store.close(),
        () => undefined,
      );
      expect(await schemaOf(database)).toEqual([]);
      await (await openTestStore(database.url)).close();
      const looking = await openTestStore(database.url, { migrate: false });
      await looking.ping();
      await looking.close();
    });

    own('says which address it could not reach, and keeps the password to itself', async (database) => {
      for (const url of unreachable(database)) {
        const error = await openTestStore(url, { connectTimeoutMs: 1_000 }).then(
          () => 'opened',
          (thrown: Error) => thrown.message,
        );
        expect([url, error]).toEqual([url, expect.stringContaining('DATABASE_URL')]);
        expect(error).not.toContain('hush');
      }
    });

    function unreachable({ url, dataDir }: TestDatabase): string[] {
      if (dialect === 'postgres') {
        const nobody = new URL(url);
        nobody.password = 'hush';
        nobody.port = '1';
        const nothing = new URL(url);
        nothing.pathname = '/no_such_database';
        return [nobody.href, nothing.href, 'postgres://somebody:hush@nowhere.invalid/chinwag'];
      }
      const file = join(dataDir, 'not-a-database');
      writeFileSync(file, 'This is a letter to my grandmother, and no database at all. '.repeat(100));
      return [`sqlite:${file}/chinwag.db`, `sqlite:${dataDir}`, `sqlite:${file}`];
    }
  });
}

const APPLIED = 'select name, applied_at from chinwag_migration order by name';

/** Past the store, as another program would. */
async function rows({ dialect, url }: TestDatabase, statement: string): Promise<any[]> {
  if (dialect === 'sqlite') {
    const db = new Database(url.slice('sqlite:'.length));
    try {
      return db.query(statement).all();
    } finally {
      db.close();
    }
  }
  const sql = new SQL(url, { max: 1 });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.close();
  }
}

async function schemaOf(database: TestDatabase): Promise<string[]> {
  const catalogue =
    database.dialect === 'sqlite'
      ? `select name from sqlite_master where sql is not null`
      : `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`;
  return (await rows(database, catalogue)).map((row) => row.name).sort();
}

function spawn(url: string) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, '../support/opens-store.ts'), url], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const output = child.stdout.getReader();
  return {
    async says(word: string): Promise<void> {
      let heard = '';
      while (!heard.includes(word)) {
        const { value, done } = await output.read();
        if (done) throw new Error(`the process ended before it said ${word}: ${await new Response(child.stderr).text()}`);
        heard += new TextDecoder().decode(value);
      }
    },
    tell(line: string): void {
      void child.stdin.write(`${line}\n`);
      void child.stdin.end();
    },
    ended: async () => ({ code: await child.exited, errors: await new Response(child.stderr).text() }),
  };
}
