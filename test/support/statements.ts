import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Recorder = {
  /** The address with the recorder in between. */
  url: string;
  /** The statements that were run meanwhile, each once. */
  during(work: () => Promise<unknown>): Promise<string[]>;
  close(): Promise<void>;
};

/** Stands between a program and Postgres and reads along: what was really asked, whichever library wrote it. */
export async function recordStatements(target: string): Promise<Recorder> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let seen = new Set<string>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.on(
      'data',
      reader((statement) => seen.add(statement)),
    );
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) open.add(socket.on('error', () => (near.destroy(), far.destroy())));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    async during(work) {
      seen = new Set();
      await work();
      return [...seen];
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** A statement is named once for each connection (Parse) and then run by its name (Bind), or run as it is (Query). */
function reader(tell: (statement: string) => void): (bytes: Buffer) => void {
  const named = new Map<string, string>();
  let rest = Buffer.alloc(0);
  let started = false;
  const take = (kind: string, body: Buffer): void => {
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    if (kind === 'Q') tell(first);
    if (kind === 'P') named.set(first, second);
    if (kind === 'B') tell(named.get(second) ?? '');
  };
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    // The first message has no kind.
    for (let head = started ? 1 : 0; rest.length >= head + 4; head = 1) {
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      if (started) take(String.fromCharCode(rest[0] ?? 0), rest.subarray(5, end));
      started = true;
      rest = rest.subarray(end);
    }
  };
}
