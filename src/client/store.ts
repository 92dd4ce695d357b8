import { initialState, type State } from './state.ts';

/** Holds the state. `get` and `subscribe` have the form that React's useSyncExternalStore wants. */
export type Store = {
  get(): State;
  /** Listeners are called at once, and only when the change made another state. */
  update(change: (state: State) => State): void;
  subscribe(listener: () => void): () => void;
  /** The first state of which this is true: the present one, or one that comes. */
  until(isSo: (state: State) => boolean): Promise<State>;
};

export function createStore(): Store {
  let state = initialState;
  const listeners = new Set<() => void>();

  const subscribe: Store['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return {
    get: () => state,
    update(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe,
    until: (isSo) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isSo(state)) return;
          stop();
          resolve(state);
        };
        const stop = subscribe(look);
        look();
      }),
  };
}
