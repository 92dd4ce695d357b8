import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import type { Client, State } from '../client/index.ts';

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = use(ClientContext);
  if (!client) throw new Error('There is no client above this component.');
  return client;
}

/** A part of the state. `select` must answer the same object as long as the part is the same. */
export function useChat<Part>(select: (state: State) => Part): Part {
  const client = useClient();
  return useSyncExternalStore(client.subscribe, () => select(client.get()));
}

/** Another one after each reconnect: what is read for a connection is read again then. Undefined: there is none at the moment. */
export function useConnectionId(): string | undefined {
  return useChat((state) => (state.connection.state === 'online' ? state.hello?.connectionId : undefined));
}

const noNames: readonly string[] = [];

/** The ids of those who are typing. */
export function useTyping(conversationId: string): readonly string[] {
  return useChat((state) => state.typing.get(conversationId) ?? noNames);
}

/** The time, often enough for "5 minutes ago". */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
