import type { CloseCode } from '../wire/errors.ts';
import type { Event } from '../wire/events.ts';
import type { Hello, ReplyFrame } from '../wire/frames.ts';
import { backoffMs } from './backoff.ts';
import { closes } from './codes.ts';
import type { Call } from './commands.ts';
import { ChinwagError, codeOf, Disconnected } from './error.ts';
import { readFrame, subprotocol } from './frames.ts';
import type { Ports, RawSocket } from './ports.ts';
import type { Connection } from './state.ts';

export type SocketOptions = {
  ports: Ports;
  /** Where to connect now and with which headers. Rejects while that cannot be found out. */
  address(): Promise<{ url: string; headers: Record<string, string> }>;
  onStatus(connection: Connection): void;
  onHello(hello: Hello): void;
  onEvent(event: Event): void;
  /** Closed with a code after which coming back makes no sense. */
  onEnd(code: CloseCode): void;
};

/** Longer than the server's own deadline for a command, so that its answer is not missed by a hair. */
const REPLY_TIMEOUT_MS = 15_000;
const HELLO_TIMEOUT_MS = 15_000;
const PROBE_MS = 5_000;
/** A connection that lasted this long was a good one: the next attempt after it does not wait for long. */
const SETTLED_MS = 5_000;
const PING = '{"type":"ping"}';

type Waiting = { resolve(data: unknown): void; reject(error: ChinwagError): void; cancel(): void };

/**
 * One socket that comes back by itself. Replies settle the request with their id; whatever still waits when the connection
 * goes is rejected with `disconnected`. Frames leave in the order of the calls.
 */
export function createSocket(options: SocketOptions) {
  const { ports } = options;
  const waiting = new Map<number, Waiting>();
  let raw: RawSocket | null = null;
  let online = false;
  let onlineSince = 0;
  let heard = false;
  let wanted = false;
  let attempt = 0;
  let nextId = 1;
  let cancelTimer = (): void => {};
  let stopWaking = (): void => {};
  /** Frames and closes of a connection that was given up are none of ours any longer. */
  let generation = 0;

  function start(): void {
    if (wanted) return;
    wanted = true;
    stopWaking = ports.onWake(wake);
    connect();
  }

  function stop(): void {
    wanted = false;
    stopWaking();
    abandon();
    options.onStatus({ state: 'off' });
  }

  function connect(): void {
    const mine = ++generation;
    options.onStatus({ state: 'connecting' });
    cancelTimer = ports.after(HELLO_TIMEOUT_MS, () => lost(mine));
    options.address().then(
      ({ url, headers }) => {
        if (mine !== generation) return;
        raw = ports.openSocket(url, subprotocol, headers, {
          frame: (text) => mine === generation && receive(text),
          closed: (code, reason) => lost(mine, code, reason),
        });
      },
      // Who is not signed in gets no ticket; everything else may be better next time.
      (error: unknown) => (codeOf(error) === 'unauthenticated' && mine === generation ? end(4001) : lost(mine)),
    );
  }

  function receive(text: string): void {
    heard = true;
    const incoming = readFrame(text);
    if (incoming.kind === 'reply') settle(incoming.reply);
    if (incoming.kind === 'event') options.onEvent(incoming.event);
    if (incoming.kind === 'hello') greet(incoming.hello);
  }

  function greet(hello: Hello): void {
    online = true;
    onlineSince = ports.now();
    cancelTimer();
    beat(hello.heartbeatMs * 0.8);
    options.onStatus({ state: 'online' });
    options.onHello(hello);
  }

  /** The server answers each ping, so silence from one beat to the next means that nobody is there. */
  function beat(everyMs: number): void {
    const mine = generation;
    heard = false;
    raw?.send(PING);
    cancelTimer = ports.after(everyMs, () => (heard ? beat(everyMs) : lost(mine)));
  }

  function lost(mine: number, code = 0, reason = ''): void {
    if (mine !== generation) return;
    if (online && ports.now() - onlineSince > SETTLED_MS) attempt = 0;
    abandon();
    if (!wanted) return;
    if (isCloseCode(code) && !closes[code][1]) return end(code);
    const waitMs = Math.max(backoffMs(attempt++, ports.random()), retryAfterMs(reason));
    options.onStatus({ state: 'waiting', retryAt: ports.now() + waitMs });
    cancelTimer = ports.after(waitMs, connect);
  }

  function end(code: CloseCode): void {
    abandon();
    wanted = false;
    stopWaking();
    options.onStatus({ state: 'ended', reason: closes[code][0] });
    options.onEnd(code);
  }

  /** Lets go of the connection and of everybody who waits for a reply. */
  function abandon(): void {
    generation++;
    online = false;
    cancelTimer();
    raw?.close();
    raw = null;
    const given = [...waiting.values()];
    waiting.clear();
    for (const { reject, cancel } of given) {
      cancel();
      reject(new Disconnected());
    }
  }

  /** The network came or went, or somebody looks: do not wait any longer; and when connected, find out whether that is still true. */
  function wake(): void {
    if (!wanted) return;
    if (online) return probe();
    if (raw) return;
    cancelTimer();
    attempt = 0;
    connect();
  }

  function probe(): void {
    const mine = generation;
    heard = false;
    raw?.send(PING);
    ports.after(PROBE_MS, () => heard || lost(mine));
  }

  const call: Call = (type, data) =>
    new Promise((resolve, reject) => {
      if (!raw || !online) return reject(new Disconnected());
      const id = nextId++;
      const cancel = ports.after(REPLY_TIMEOUT_MS, () => {
        waiting.delete(id);
        reject(new ChinwagError({ code: 'timeout', message: 'The server did not answer in time.' }));
      });
      // What the reply holds is what the command's schema promises.
      waiting.set(id, { resolve: (answer) => resolve(answer as never), reject, cancel });
      raw.send(JSON.stringify({ id, type, data }));
    });

  function settle(reply: ReplyFrame): void {
    const asked = typeof reply.re === 'number' ? waiting.get(reply.re) : undefined;
    if (!asked || typeof reply.re !== 'number') return;
    waiting.delete(reply.re);
    asked.cancel();
    if (reply.ok) asked.resolve(reply.data);
    else asked.reject(new ChinwagError(reply.error));
  }

  return { start, stop, call, isOnline: () => online };
}

export type Socket = ReturnType<typeof createSocket>;

function isCloseCode(code: number): code is CloseCode {
  return code in closes;
}

/** The close reason of a server that restarts says when to come back: `{"retryAfterMs":n}`, or `{"retryAfter":s}` in seconds. */
function retryAfterMs(reason: string): number {
  if (!reason.startsWith('{')) return 0;
  try {
    const told: { retryAfterMs?: unknown; retryAfter?: unknown } = JSON.parse(reason);
    if (typeof told.retryAfterMs === 'number') return Math.max(0, told.retryAfterMs);
    return typeof told.retryAfter === 'number' ? Math.max(0, told.retryAfter * 1000) : 0;
  } catch {
    return 0;
  }
}
