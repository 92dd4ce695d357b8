import { useEffect, useState } from 'react';

export type Loaded<Value> = { value: Value | null; error: unknown; retry(): void };

/** What is fetched when it is first needed. It may fail, as everything that comes over a network, and be tried again. */
export function useLoaded<Value>(load: () => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<Omit<Loaded<Value>, 'retry'>>({ value: null, error: null });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let wanted = true;
    load().then(
      (value) => wanted && setState({ value, error: null }),
      (error: unknown) => wanted && setState({ value: null, error }),
    );
    return () => {
      wanted = false;
    };
    // Whatever `load` is meanwhile, it loads the same.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [attempt]);
  return {
    ...state,
    retry() {
      setState({ value: null, error: null });
      setAttempt(attempt + 1);
    },
  };
}
