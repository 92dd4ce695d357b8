import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Client, Connection, State } from '../index.ts';

const ClientContext = createContext<Client | null>(null);

/** `<ChinwagProvider value={client}>` stands above everything that uses these hooks. */
export const ChinwagProvider = ClientContext.Provider;

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('There is no <ChinwagProvider value={client}> above this component.');
  return client;
}

/** A part of the state. `select` must answer the same object as long as the part is the same. */
export function useChat<Part>(select: (state: State) => Part): Part {
  const client = useClient();
  const snapshot = (): Part => select(client.get());
  return useSyncExternalStore(client.subscribe, snapshot, snapshot);
}

/** Who is signed in: `unknown` until the server or what was kept has said so. */
export function useSession(): { session: State['session']; me: State['me'] } {
  return { session: useChat((state) => state.session), me: useChat((state) => state.me) };
}

export function useConnection(): Connection {
  return useChat((state) => state.connection);
}

/** Another one after each reconnect: what is read for a connection is read again then. Undefined: there is none at the moment. */
export function useConnectionId(): string | undefined {
  return useChat((state) => (state.connection.state === 'online' ? state.hello?.connectionId : undefined));
}
