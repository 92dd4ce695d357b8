import type { Socket } from 'bun';

/** How it ended: the frame `hello`, a status other than 101, or neither. */
type Ending = 'hello' | 'broken' | number;
type Caller = { token: string; heard: string; startedAt: number; ended(ending: Ending): void };

export type Rush = {
  /** How often each ending came. */
  endings: Map<Ending, number>;
  slowestMs: number;
  hangUp(): void;
};

const HEARD_MAX = 4_096;

/** Opens a socket for each of the tokens, all in the same moment; resolves when everybody knows what became of it. */
export async function rush(port: number, tokens: string[]): Promise<Rush> {
  const endings: Rush['endings'] = new Map();
  const sockets: Socket<Caller>[] = [];
  let slowestMs = 0;
  const handlers = {
    open(socket: Socket<Caller>) {
      sockets.push(socket);
      socket.write(handshake(socket.data.token));
    },
    data(socket: Socket<Caller>, bytes: Buffer) {
      const { data: caller } = socket;
      if (caller.heard.length > HEARD_MAX) return;
      caller.heard += bytes.toString('latin1');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(caller.heard)?.[1] ?? 101);
      if (status !== 101) caller.ended(status);
      else if (caller.heard.includes('"type":"hello"')) caller.ended('hello');
    },
    close: (socket: Socket<Caller>) => socket.data.ended('broken'),
    error: (socket: Socket<Caller>) => socket.data.ended('broken'),
    connectError: (socket: Socket<Caller>) => socket.data.ended('broken'),
  };

  function call(token: string): Promise<void> {
    return new Promise((resolve) => {
      const startedAt = performance.now();
      let over = false;
      const ended = (ending: Ending): void => {
        if (over) return;
        over = true;
        slowestMs = Math.max(slowestMs, performance.now() - startedAt);
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
        resolve();
      };
      const data: Caller = { token, heard: '', startedAt, ended };
      Bun.connect({ hostname: '127.0.0.1', port, data, socket: handlers }).catch(() => ended('broken'));
    });
  }

  await Promise.all(tokens.map(call));
  return { endings, slowestMs, hangUp: () => sockets.forEach((socket) => socket.terminate()) };
}

const handshake = (token: string): string =>
  [
    'GET /api/chat/ws HTTP/1.1',
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Authorization: Bearer ${token}`,
    '\r\n',
  ].join('\r\n');
