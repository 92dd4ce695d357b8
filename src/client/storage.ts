import type { Block } from '../wire/blocks.ts';
import type { Conversation } from '../wire/conversations.ts';
import type { Me } from '../wire/person.ts';
import type { Notifications, PendingMessage, Timeline } from './state.ts';

/** Whose the kept things are, and of which life of the server's data. `credential` tells tokens apart without holding one. */
export type Owner = { userId: string; credential: string | null; epoch: string | null };
export type KeptPerson = { me: Me; aheadMs: number; notifications: Notifications | null; blocks: readonly Block[] | null };
/** `rev` is what was held, so history and `rev` are kept together or not at all. */
export type KeptConversation = { conversation: Conversation; rev: number; timeline: Timeline | null };

/** What is kept under which key: `owner` and `person` have one entry each, named like the table. */
export type Tables = { owner: Owner; person: KeptPerson; conversations: KeptConversation; outbox: PendingMessage };
export type Table = keyof Tables;

export type Transaction = {
  get<Name extends Table>(table: Name, key: string): Promise<Tables[Name] | undefined>;
  getAll<Name extends Table>(table: Name): Promise<Tables[Name][]>;
  put<Name extends Table>(table: Name, key: string, value: Tables[Name]): Promise<unknown>;
  delete(table: Table, key: string): Promise<unknown>;
  clear(table: Table): Promise<unknown>;
};

/**
 * Where things outlive the page. A transaction happens wholly or not at all, and no two of them interleave, whichever tabs they
 * come from. Inside one only its own operations are awaited. Rejects where the device cannot keep anything.
 */
export type Storage = { transact<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> };

/** Lives as long as the program: for tests, and for programs that make several clients one after another. */
export function createMemoryStorage(): Storage {
  let tables = new Map<string, unknown>();
  let last: Promise<unknown> = Promise.resolve();

  async function run<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const entries = new Map(tables);
    const result = await work(transactionOn(entries));
    tables = entries;
    return result;
  }

  return {
    transact(work) {
      const turn = last.then(() => run(work));
      last = turn.catch(() => {});
      return turn;
    },
  };
}

function transactionOn(entries: Map<string, unknown>): Transaction {
  const keyOf = (table: Table, key: string): string => `${table} ${key}`;
  const keysOf = (table: Table): string[] => [...entries.keys()].filter((key) => key.startsWith(`${table} `));
  // What is under a table's key has the table's type: `put` is the only way in.
  return {
    get: async (table, key) => structuredClone(entries.get(keyOf(table, key))) as never,
    getAll: async (table) => keysOf(table).map((key) => structuredClone(entries.get(key)) as never),
    put: async (table, key, value) => entries.set(keyOf(table, key), structuredClone(value)),
    delete: async (table, key) => entries.delete(keyOf(table, key)),
    clear: async (table) => keysOf(table).forEach((key) => entries.delete(key)),
  };
}
