import type { Page } from 'playwright-core';

/** Whether a page has written this down: in what was read of a conversation, or anywhere, such as what waits to be sent. */
export function isKept(page: Page, text: string, where: 'history' | 'anywhere'): Promise<boolean> {
  return page.evaluate(holds, { text, where });
}

/** In the page. */
async function holds({ text, where }: { text: string; where: 'history' | 'anywhere' }): Promise<boolean> {
  const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error('IndexedDB refuses')));
    });
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    const all = await Promise.all([...database.objectStoreNames].map((store) => done(database.transaction(store).objectStore(store).getAll())));
    database.close();
    if (all.flat().some((entry) => JSON.stringify((where === 'history' ? entry?.timeline : entry) ?? null).includes(text))) return true;
  }
  return false;
}

/** A condition that the page itself can only tell later: Playwright takes a promise for a yes. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}
