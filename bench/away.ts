/** How long each client was without a connection, as it saw it itself. */
import type { Client } from '../src/client/index.ts';
import type { Sample } from './scenario.ts';

export function watchAway(clients: Client[]) {
  const times: number[] = [];
  for (const client of clients) {
    let since: number | null = null;
    client.subscribe(() => {
      const isOnline = client.get().connection.state === 'online';
      if (!isOnline) since ??= performance.now();
      else if (since !== null) {
        times.push(performance.now() - since);
        since = null;
      }
    });
  }
  return {
    sample(): Sample {
      const sorted = times.splice(0).toSorted((a, b) => a - b);
      const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
      return { reconnects: sorted.length, 'away p50 ms': at(0.5), 'away p99 ms': at(0.99), 'away max ms': at(1) };
    },
  };
}

/** Resolves once every client is there and has nothing left to send. */
export async function settled(clients: Client[]): Promise<void> {
  const isBusy = (client: Client): boolean => {
    const { connection, outbox } = client.get();
    if (connection.state === 'ended') throw new Error(`a client was sent away for good: ${connection.reason}`);
    const pending = [...outbox.values()].flat();
    const failed = pending.find(({ status }) => status === 'failed');
    if (failed) throw new Error(`a message was given up: ${failed.error}`);
    return connection.state !== 'online' || pending.length > 0;
  };
  while (clients.some(isBusy)) await Bun.sleep(20);
}
