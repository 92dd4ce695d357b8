import { connect, type Socket } from 'node:net';

/** A connection as bytes. */
export type Line = {
  /** What came and was not taken yet. */
  bytes: Buffer;
  readonly closed: boolean;
  write(bytes: Buffer): void;
  /** Resolves when it is so, or the connection has ended. */
  until(is: () => boolean): Promise<void>;
  /** Reads nothing more until `resume`; what comes fills the buffers on the way. */
  pause(): void;
  resume(): void;
  destroy(): void;
};

export async function dial(port: number): Promise<Line> {
  const socket: Socket = connect(port, '127.0.0.1');
  let closed = false;
  let check: () => void = () => undefined;
  const line: Line = {
    bytes: Buffer.alloc(0),
    get closed() {
      return closed;
    },
    write: (bytes) => void socket.write(bytes),
    until: (is) =>
      new Promise((resolve) => {
        check = () => {
          if (!closed && !is()) return;
          check = () => undefined;
          resolve();
        };
        check();
      }),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  };
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (piece: Buffer) => {
    line.bytes = line.bytes.length === 0 ? piece : Buffer.concat([line.bytes, piece]);
    check();
  });
  socket.on('close', () => {
    closed = true;
    check();
  });
  let connected = false;
  socket.on('connect', () => {
    connected = true;
    check();
  });
  await line.until(() => connected);
  return line;
}

export type Response = { status: number; bytes: number };
const END_OF_HEAD = '\r\n\r\n';

/** The first answer in these bytes, once all of it is there. */
export function responseIn(bytes: Buffer, headOnly: boolean): Response | null {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end + 2);
  const start = end + END_OF_HEAD.length;
  const status = Number(head.slice(9, 12));
  if (headOnly || status === 204 || status === 304 || status < 200) return { status, bytes: start };
  if (/^transfer-encoding: chunked\r$/im.test(head)) return chunksIn(bytes, start, status);
  const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
  return bytes.length < start + length ? null : { status, bytes: start + length };
}

function chunksIn(bytes: Buffer, start: number, status: number): Response | null {
  for (let at = start; ;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return null;
    const length = Number.parseInt(bytes.toString('latin1', at, end), 16);
    at = end + 2 + length + 2;
    if (bytes.length < at) return null;
    if (length === 0) return { status, bytes: at };
  }
}
