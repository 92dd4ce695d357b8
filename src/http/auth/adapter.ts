import { drizzleAdapter } from '@better-auth/drizzle-adapter/relations-v2';
import type { BetterAuthOptions } from 'better-auth';
import type { DBAdapter, Where } from 'better-auth/adapters';
import type { Db } from '../../kernel/ports.ts';
import type { Change } from './changes.ts';
import { createConsequences, isWatched, type Consequences, type Matched } from './consequences.ts';
import type { IdentityPorts } from './index.ts';
import type { Outage } from './outage.ts';

type AdapterOptions = Pick<IdentityPorts, 'store' | 'config' | 'clock' | 'defaultOrganisation' | 'wakeOutbox'> & {
  /** Called after the commit, in the order of commits, before better-auth goes on. */
  changed(change: Change): void;
  outage: Outage;
};
type Write = { adapter: DBAdapter; consequences: Consequences };
type Creation<T> = { model: string; data: Omit<T, 'id'>; select?: string[] | undefined; forceAllowId?: boolean | undefined };
type Target = { model: string; where: Where[] };

const ALL_ROWS = 1_000_000;

/**
 * better-auth's own drizzle adapter, with each of its writes in a transaction of our store. What follows from a write
 * (memberships, jobs) is written in the same transaction. better-auth's wish for one transaction around several
 * writes is not met: it hashes passwords meanwhile, and nobody else could write for that long.
 */
export function createAuthAdapter(ports: AdapterOptions): (options: BetterAuthOptions) => DBAdapter {
  const { store } = ports;
  const { noting } = ports.outage;
  const consequencesOf = createConsequences(ports);

  return (options) => {
    const reading = on(store.read);

    // The provider only decides between LIKE and ILIKE where better-auth ignores case, and it never asks for that.
    function on(db: Db): DBAdapter {
      return drizzleAdapter(db, { provider: 'pg', schema: store.tables })(options);
    }

    async function write<T>(work: (write: Write) => Promise<T>): Promise<T> {
      const transaction = async (db: Db): Promise<{ value: T; consequences: Consequences }> => {
        const consequences = consequencesOf(db);
        const value = await work({ adapter: on(db), consequences });
        return { value, consequences };
      };
      const committed = ({ consequences }: { consequences: Consequences }): void => {
        consequences.changes.forEach(ports.changed);
        if (consequences.jobs > 0) ports.wakeOutbox();
      };
      const { value } = await noting(() => store.tx(transaction, committed));
      return value;
    }

    /** An update of rows that somebody's rights hang on: they are read before, because the update may move them out of `where`. */
    function updating<T>(target: Target, fields: object, update: (adapter: DBAdapter) => Promise<T>): Promise<T> {
      return write(async ({ adapter, consequences }) => {
        const rows = isWatched(target.model) ? await matched(adapter, target) : [];
        const value = await update(adapter);
        await consequences.updated(target.model, rows, Object.keys(fields));
        return value;
      });
    }

    function deleting<T>(target: Target, remove: (adapter: DBAdapter) => Promise<T>): Promise<T> {
      return write(async ({ adapter, consequences }) => {
        const rows = isWatched(target.model) ? await matched(adapter, target) : [];
        await consequences.deleting(target.model, rows);
        return remove(adapter);
      });
    }

    function create<T extends Record<string, unknown>, R = T>(input: Creation<T>): Promise<R> {
      return write(async ({ adapter, consequences }) => {
        const added = await consequences.creating(input.model, input.data);
        const row = await adapter.create<T, R>({ ...input, data: { ...input.data, ...added } });
        await consequences.created(input.model, row);
        return row;
      });
    }

    const writing: DBAdapter = {
      ...reading,
      transaction: (work) => work(writing),
      findOne: (input) => noting(() => reading.findOne(input)),
      findMany: (input) => noting(() => reading.findMany(input)),
      count: (input) => noting(() => reading.count(input)),
      create,
      update: (input) => updating(input, input.update, (adapter) => adapter.update(input)),
      updateMany: (input) => updating(input, input.update, (adapter) => adapter.updateMany(input)),
      incrementOne: (input) => updating(input, { ...input.increment, ...input.set }, (adapter) => adapter.incrementOne(input)),
      delete: (input) => deleting(input, (adapter) => adapter.delete(input)),
      deleteMany: (input) => deleting(input, (adapter) => adapter.deleteMany(input)),
      consumeOne: (input) => deleting(input, (adapter) => adapter.consumeOne(input)),
    };
    return writing;
  };
}

function matched(adapter: DBAdapter, { model, where }: Target): Promise<Matched[]> {
  return adapter.findMany<Matched>({ model, where, limit: ALL_ROWS });
}
