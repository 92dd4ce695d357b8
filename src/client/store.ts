import { initialState, type State } from './state.ts';

/** Holds the state. `get` and `subscribe` have the form that React's useSyncExternalStore wants. */
export type Store = {
  get(): State;
  /** Listeners are called at once, and only when the change made another state. */
  update(change: (state: State) => State): void;
  subscribe(listener: () => void): () => void;
};

export function createStore(): Store {
  let state = initialState;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    update(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
