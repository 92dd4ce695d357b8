import { SQL } from 'bun';
import { dial, type Line } from '../../test/support/line.ts';
import { openRawSocket } from '../../test/support/raw-socket.ts';
import type { Crew } from './crew.ts';

type Trouble = { everyMs: number; make(): Promise<void> };

const DEAF_MAX = 10;
const COMING_AND_GOING = 30;

/** What goes wrong all the while. Answers how often, and the way to end it. */
export function makeTrouble(crew: Crew, port: number, databaseUrl: string | null) {
  const deaf: Line[] = [];
  const anybody = (): string => crew.tokens[Math.floor(Math.random() * crew.tokens.length)] ?? '';
  const counts: Record<string, number> = {};
  let ended = false;

  const troubles: Record<string, Trouble> = {
    'sockets that come and are gone without a word': {
      everyMs: 1_000,
      async make() {
        const lines = await Promise.all(Array.from({ length: COMING_AND_GOING }, () => openRawSocket(port, anybody())));
        for (const line of lines) line.destroy();
      },
    },
    'senders that are cut off': {
      everyMs: 3_000,
      make: async () => crew.devices.filter(() => Math.random() < 0.05).forEach((device) => device.cut()),
    },
    'sockets that never read': {
      everyMs: 5_000,
      async make() {
        if (deaf.filter((line) => !line.closed).length >= DEAF_MAX) deaf.shift()?.destroy();
        const line = await openRawSocket(port, anybody());
        line.pause();
        deaf.push(line);
      },
    },
    'requests that break off': {
      everyMs: 2_000,
      async make() {
        const lines = await Promise.all(Array.from({ length: COMING_AND_GOING }, () => dial(port)));
        for (const line of lines) line.write(Buffer.from('POST /api/chat/sync HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"con'));
        await fetch(`http://127.0.0.1:${port}/healthz`);
        for (const line of lines) line.destroy();
      },
    },
    ...(databaseUrl !== null && { 'backends that are terminated': { everyMs: 30_000, make: () => terminateBackends(databaseUrl) } }),
  };

  const running = Object.entries(troubles).map(async ([name, { everyMs, make }]) => {
    for (let nextAt = everyMs; !ended; nextAt = everyMs) {
      await Bun.sleep(nextAt);
      if (ended) return;
      await make();
      counts[name] = (counts[name] ?? 0) + 1;
    }
  });

  return {
    counts,
    async end(): Promise<void> {
      ended = true;
      for (const line of deaf) line.destroy();
      await Promise.all(running);
    },
  };
}

async function terminateBackends(url: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await sql.close();
}
