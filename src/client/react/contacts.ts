import { useEffect, useState } from 'react';
import type { Contact } from '../../wire/person.ts';
import { useClient } from './context.ts';

const PAUSE_MS = 150;
const PAGE = 50;

type Found = { q: string; items: readonly Contact[]; cursor: string | null; error: unknown };

/** The people of the directory whose names fit. Asks when the typing pauses, and shows only answers to the newest question. */
export function useContacts(q: string) {
  const client = useClient();
  const [found, setFound] = useState<Found | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(
      () => {
        client.call('contact.list', { limit: PAGE, ...(q && { q }) }).then(
          (page) => current && setFound({ q, ...page, error: null }),
          (error: unknown) => current && setFound({ q, items: [], cursor: null, error }),
        );
      },
      q === '' ? 0 : PAUSE_MS,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, q, attempt]);

  function more(): void {
    if (!found?.cursor) return;
    const { cursor } = found;
    client.call('contact.list', { limit: PAGE, cursor, ...(found.q && { q: found.q }) }).then(
      (page) => setFound((before) => (before?.cursor === cursor ? { ...before, ...page, items: [...before.items, ...page.items] } : before)),
      (error: unknown) => setFound((before) => before && { ...before, error }),
    );
  }

  /** After a failure. */
  function retry(): void {
    setFound(null);
    setAttempt(attempt + 1);
  }

  return { found, more, retry };
}
