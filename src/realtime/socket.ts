import type { Server, WebSocketHandler } from 'bun';
import type { Actor } from '../kernel/actor.ts';
import type { Command } from '../kernel/command.ts';
import { CommandError } from '../kernel/errors.ts';
import type { Execute } from '../kernel/execute.ts';
import { describe, type Report } from '../kernel/report.ts';
import { newId } from '../lib/id.ts';
import { closeCodes, errorTable, type CloseCode } from '../wire/errors.ts';
import { SUBPROTOCOL, type ReplyFrame } from '../wire/frames.ts';
import { createDispatch, createParser } from './dispatch.ts';
import { createGreeting, type GreetOptions } from './greet.ts';
import { createReplies } from './replies.ts';
import {
  closeSession,
  comeBack,
  createSession,
  spendFrame,
  type Credential,
  type Opening,
  type Session,
  type Socket,
  type SocketData,
} from './session.ts';

const READ_MAX_BYTES = 1024 * 1024;

export type SocketOptions = Omit<GreetOptions, 'refresh'> & {
  commands: readonly Command[];
  execute: Execute;
  report: Report;
  /** Asks again who holds this credential. Throws `unauthenticated` or `banned`. */
  resolve(credential: Credential): Promise<Actor>;
  onFrame(bytes: number): void;
  onClosed(connectionId: string): void;
};

/** The door for sockets: opens, reads frames in order, answers, closes. What frames mean is the commands' business. */
export function createSocketDoor(options: SocketOptions) {
  const { config, clock, hub, presence, log } = options;
  const parse = createParser(options.commands);
  const dispatch = createDispatch(options.execute, options.report);
  const reply = createReplies();
  const greeting = createGreeting({ ...options, refresh });
  let leavingWithinMs: number | null = null;

  /**
   * Lets somebody in. What they hear is looked up first, so that the answer to the handshake and hello are one write. They are
   * known from the beginning: whoever is banned, signed out or taken out of a conversation meanwhile is so when the socket opens.
   */
  async function admit(request: Request, server: Server<SocketData>, opening: Opening): Promise<Response | undefined> {
    if (hub.countOf(opening.actor.userId) >= config.socketConnectionsPerPerson)
      return upgrade(request, server, { code: 4008, reason: 'too many connections of one person' });
    const session = createSession(newId(), opening, clock.monotonic(), config.socketFramesBurst);
    hub.arrive(session);
    try {
      await greeting.prepare(session);
      return upgrade(request, server, session.closing ?? session);
    } finally {
      // Refused, or nobody is there any longer.
      if (!session.socket) hub.remove(session);
    }
  }

  /** Who was refused is upgraded and closed at once: only a close code reaches the script of a browser. */
  function upgrade(request: Request, server: Server<SocketData>, data: SocketData): Response | undefined {
    const offered = (request.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
    const headers = offered.includes(SUBPROTOCOL) ? { 'Sec-WebSocket-Protocol': SUBPROTOCOL } : undefined;
    const upgraded = server.upgrade(request, { data, ...(headers && { headers }) });
    return upgraded ? undefined : new Response('This address speaks WebSocket.', { status: 426 });
  }

  function open(socket: Socket): void {
    const session = sessionOf(socket);
    if (!session) return refuse(socket);
    session.socket = socket;
    hub.add(session);
    log.info({ connectionId: session.id, userId: session.userId }, 'socket opened');
    greeting.welcome(session, socket);
    if (leavingWithinMs !== null) comeBack(session, leavingWithinMs);
  }

  function message(socket: Socket, data: string | Buffer): void {
    const session = sessionOf(socket);
    if (!session || session.closing) return;
    options.onFrame(data.length);
    if (typeof data !== 'string') return closeSession(session, 4011, 'frames are text');
    if (Buffer.byteLength(data) > config.socketFrameMaxBytes) {
      send(session, {
        re: null,
        ok: false,
        error: { code: 'payload_too_large', message: errorTable.payload_too_large.sentence, requestId: newId() },
      });
      return closeSession(session, 4011, `frames have at most ${config.socketFrameMaxBytes} bytes`);
    }
    const now = clock.monotonic();
    if (config.rateLimits && !spendFrame(session, now, config.socketFramesPerSecond, config.socketFramesBurst))
      return closeSession(session, 4008, 'too many frames');
    if (session.lane.depth >= config.socketPendingMax) return closeSession(session, 4008, 'too many frames without an answer');
    take(session, data);
  }

  function take(session: Session, text: string): void {
    const parsed = parse(text);
    if (parsed === 'ping') return pong(session);
    if ('error' in parsed) {
      return session.lane.add(async () => {
        const requestId = newId();
        const told = options.report.failed(parsed.error, { door: 'socket', command: 'unknown', requestId, userId: session.userId, ms: 0 });
        send(session, {
          re: parsed.re,
          ok: false,
          error: { code: told.code, message: told.message, ...(told.details && { details: told.details }), requestId },
        });
      });
    }
    const { frame, command } = parsed;
    presence.active(session.userId, session.id);
    session.lane.add(async () => reply(session, await dispatch(session, frame, command, refresh)), command.pipelined(frame.data ?? {}));
  }

  /** Behind the answers that are due before it; mostly there are none, and ten thousand idle people ping all day. */
  function pong(session: Session): void {
    if (session.lane.depth === 0) session.socket?.sendText('{"type":"pong"}');
    else session.lane.add(async () => void session.socket?.sendText('{"type":"pong"}'));
  }

  function send(session: Session, frame: ReplyFrame): void {
    if (!session.closing) session.socket?.sendText(JSON.stringify(frame));
  }

  /** Rights are believed for a few seconds, and not at all once something about the person changed. */
  function refresh(session: Session): Promise<void> {
    if (session.actorAt + config.principalCacheMs > clock.monotonic()) return Promise.resolve();
    session.refreshing ??= options
      .resolve(session.credential)
      .then((actor) => {
        // The credential names somebody else by now: what this connection hears is not theirs.
        if (actor.userId !== session.userId) throw new CommandError('unauthenticated');
        session.actor = actor;
        session.actorAt = clock.monotonic();
      })
      .catch((error: unknown) => {
        if (error instanceof CommandError) closeSession(session, error.code === 'banned' ? 4003 : 4001, error.code);
        throw error;
      })
      .finally(() => {
        session.refreshing = null;
      });
    return session.refreshing;
  }

  /** Something about the person or the key changed: connections whose credential no longer holds are closed now, not at their next frame. */
  function recheck(id: string): void {
    for (const session of hub.restingOn(id)) {
      if (session.closing) continue;
      session.actorAt = -Infinity;
      refresh(session).catch((error: unknown) => {
        if (!(error instanceof CommandError)) log.warn({ userId: session.userId, error: describe(error) }, 'could not look a person up again');
      });
    }
  }

  function close(socket: Socket, code: number): void {
    const session = sessionOf(socket);
    if (!session) return;
    log.info({ connectionId: session.id, userId: session.userId, code }, 'socket closed');
    session.closing ??= { code: 1001, reason: '' };
    session.lane.clear();
    hub.remove(session);
    options.onClosed(session.id);
    presence.disconnected(session.userId, session.id);
  }

  const websocket: WebSocketHandler<SocketData> = {
    // Somewhat larger frames are read, so that they can be answered with 4011; beyond that the runtime closes with 1006.
    maxPayloadLength: Math.max(2 * config.socketFrameMaxBytes, READ_MAX_BYTES),
    backpressureLimit: config.socketBackpressureMaxBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: Math.min(960, Math.ceil((2 * config.heartbeatMs) / 1000)),
    sendPings: true,
    perMessageDeflate: false,
    open,
    message,
    close,
  };

  return {
    admit,
    /** Answers the handshake of somebody who is not let in. */
    refuse: (request: Request, server: Server<SocketData>, code: CloseCode): Response | undefined =>
      upgrade(request, server, { code, reason: closeCodes[code].name }),
    websocket,
    recheck,
    renew: greeting.renew,
    /** Cuts slow readers and ended sessions, finds who went quiet. Called every second. */
    sweep(): void {
      const now = clock.now();
      for (const session of hub.all()) {
        const { socket, closing } = session;
        if (closing || !socket) continue;
        if (socket.getBufferedAmount() > config.socketBackpressureMaxBytes / 2) cutSlowReader(session, socket);
        else if (session.actor.expiresAt !== null && session.actor.expiresAt <= now) closeSession(session, 4001, 'the session ended');
      }
      presence.sweep();
    },
    /** Tells everybody to come back, spread over `withinMs`, and whoever opens a socket after this, too. */
    closeAll(withinMs: number): void {
      leavingWithinMs = withinMs;
      for (const session of [...hub.all()]) comeBack(session, withinMs);
    },
  };

  /** The close frame stands behind what was not read; if that is not read either, the connection is dropped. */
  function cutSlowReader(session: Session, socket: Socket): void {
    log.warn({ connectionId: session.id, userId: session.userId, bufferedBytes: socket.getBufferedAmount() }, 'slow reader cut');
    closeSession(session, 4009, 'slow reader');
    clock.after(5_000, () => socket.terminate());
  }
}

const sessionOf = ({ data }: Socket): Session | null => ('userId' in data ? data : null);

function refuse(socket: Socket): void {
  if (!('userId' in socket.data)) socket.close(socket.data.code, socket.data.reason);
}

export type SocketDoor = ReturnType<typeof createSocketDoor>;
