import { createStore, promisifyRequest } from 'idb-keyval';
import type { Storage, Table, Transaction } from './storage.ts';

/** The browser's IndexedDB, shared by all tabs of an origin and kept when the browser ends. */
export function createIndexedDbStorage(name: string): Storage {
  const inStore = createStore(name, 'kept');
  return {
    transact: (work) =>
      inStore('readwrite', async (store) => {
        // The transaction is done when its promise is; it must be heard before it can be over.
        const done = promisifyRequest(store.transaction);
        try {
          const result = await work(transactionOn(store));
          await done;
          return result;
        } catch (error) {
          done.catch(() => {});
          if (store.transaction.error === null) store.transaction.abort();
          throw error;
        }
      }),
  };
}

function transactionOn(store: IDBObjectStore): Transaction {
  const keyOf = (table: Table, key: string): string => `${table} ${key}`;
  // '!' follows the space.
  const all = (table: Table): IDBKeyRange => IDBKeyRange.bound(`${table} `, `${table}!`, false, true);
  // IndexedDB has no types; what is under a table's key has the table's, because `put` is the only way in.
  return {
    get: (table, key) => promisifyRequest(store.get(keyOf(table, key))),
    getAll: (table) => promisifyRequest(store.getAll(all(table))),
    put: (table, key, value) => promisifyRequest(store.put(value, keyOf(table, key))),
    delete: (table, key) => promisifyRequest(store.delete(keyOf(table, key))),
    clear: (table) => promisifyRequest(store.delete(all(table))),
  };
}
