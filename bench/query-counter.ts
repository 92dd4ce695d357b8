/** Stands between a program and Postgres and counts the statements that pass: one for each simple query and each execute of the protocol. */
import { connect, createServer, type AddressInfo } from 'node:net';
import type { Database } from './peer.ts';

const [SIMPLE_QUERY, EXECUTE] = [0x51, 0x45];

export type Counted = Database & { statements(): number };

export async function countQueries(database: Database): Promise<Counted> {
  const target = new URL(database.url);
  let statements = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const look = watcher((kind) => {
      if (kind === SIMPLE_QUERY || kind === EXECUTE) statements++;
    });
    client.on('data', look);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => (client.destroy(), upstream.destroy()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(database.url);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    statements: () => statements,
    async drop() {
      server.close();
      await database.drop();
    },
  };
}

/** Splits what a client says into messages. The first has no kind: the start, or the wish for TLS, after which there is another. */
function watcher(tell: (kind: number) => void): (bytes: Buffer) => void {
  const TLS_WISH = 80_877_103;
  let rest = Buffer.alloc(0);
  let started = false;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 8 && (rest.length < head + 4 || !started)) return;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return;
      if (started) tell(rest[0] ?? 0);
      else started = rest.readUInt32BE(4) !== TLS_WISH;
      rest = rest.subarray(length);
    }
  };
}
