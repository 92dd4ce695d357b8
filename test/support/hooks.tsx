import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { Window } from 'happy-dom';
import type { Client } from '../../src/client/index.ts';
import { ChinwagProvider } from '../../src/client/react/index.ts';

const names = ['window', 'document', 'IS_REACT_ACT_ENVIRONMENT'] as const;

/** What React needs of a page; answers how to take it away again. */
export function givePage(): () => Promise<void> {
  const window = new Window();
  Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
  return async () => {
    for (const name of names) Reflect.deleteProperty(globalThis, name);
    await window.happyDOM.close();
  };
}

/** A component that does nothing but use this hook. `settle` lets everything go on that is ready to. */
export async function renderHook<Result>(client: Client, use: () => Result, quiet: () => Promise<void>) {
  const results: Result[] = [];
  function Uses(): null {
    results.push(use());
    return null;
  }
  const root = createRoot(document.createElement('div'));
  await act(async () => {
    root.render(
      <ChinwagProvider value={client}>
        <Uses />
      </ChinwagProvider>,
    );
    await quiet();
  });
  return {
    get current(): Result {
      const last = results.at(-1);
      if (last === undefined) throw new Error('It was not drawn.');
      return last;
    },
    get renders() {
      return results.length;
    },
    settle: (work: () => unknown = () => {}): Promise<void> =>
      act(async () => {
        await work();
        await quiet();
      }),
    unmount: (): Promise<void> => act(async () => root.unmount()),
  };
}
