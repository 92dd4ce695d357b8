import { useEffect, useState } from 'react';
import type { Client } from '../index.ts';
import type { Found } from '../../wire/search.ts';
import { useClient } from './context.ts';

const PAUSE_MS = 200;
const PAGE = 30;
/** Pages may be empty on the way: so many are asked for in one go. */
const PAGES_MAX = 5;

export type Wanted = { q: string; conversationId: string | null; mine: boolean };
type Results = { wanted: Wanted; items: readonly Found[]; cursor: string | null; error: unknown };
type Searched = {
  results: Results | null;
  busy: boolean;
  more(): void;
  /** After a failure. */
  retry(): void;
};

/** Asks when the typing pauses, and shows only answers to the newest question; what was found stays until they come. */
export function useSearch({ q, conversationId, mine }: Wanted): Searched {
  const client = useClient();
  const [results, setResults] = useState<Results | null>(null);
  const [busy, setBusy] = useState(false);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (q === '') {
      setResults(null);
      setBusy(false);
      return;
    }
    let current = true;
    const wanted = { q, conversationId, mine };
    const answer = (found: Omit<Results, 'wanted'>): void => {
      if (!current) return;
      setResults({ wanted, ...found });
      setBusy(false);
    };
    const timer = setTimeout(() => {
      setBusy(true);
      find(client, wanted, null).then(
        (page) => answer({ ...page, error: null }),
        (error: unknown) => answer({ items: [], cursor: null, error }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, q, conversationId, mine, attempt]);

  function more(): void {
    if (!results?.cursor) return;
    const { wanted, cursor } = results;
    setBusy(true);
    find(client, wanted, cursor)
      .then(
        (page) => setResults((before) => (before?.cursor === cursor ? { ...before, ...page, items: [...before.items, ...page.items] } : before)),
        (error: unknown) => setResults((before) => (before?.cursor === cursor ? { ...before, error } : before)),
      )
      .finally(() => setBusy(false));
  }

  function retry(): void {
    setResults(null);
    setAttempt(attempt + 1);
  }

  return { results, busy, more, retry };
}

/** Goes on until something was found or nothing is left. */
async function find(client: Client, { q, conversationId, mine }: Wanted, from: string | null): Promise<{ items: Found[]; cursor: string | null }> {
  let cursor = from;
  for (let page = 1; ; page++) {
    const found = await client.search({
      q,
      limit: PAGE,
      ...(conversationId && { conversationId }),
      ...(mine && { from: 'me' }),
      ...(cursor && { cursor }),
    });
    cursor = found.cursor;
    if (found.items.length > 0 || cursor === null || page === PAGES_MAX) return { items: found.items, cursor };
  }
}
