import type { Server, ServerWebSocket, WebSocketHandler } from 'bun';
import type { Actor } from '../kernel/actor.ts';
import type { Command } from '../kernel/command.ts';
import { CommandError } from '../kernel/errors.ts';
import type { Execute } from '../kernel/execute.ts';
import { describe, type Report } from '../kernel/report.ts';
import { newId } from '../lib/id.ts';
import { closeCodes, errorTable } from '../wire/errors.ts';
import { SUBPROTOCOL, type ReplyFrame } from '../wire/frames.ts';
import { createDispatch, createParser } from './dispatch.ts';
import { createGreeting, type GreetOptions } from './greet.ts';
import { createReplies } from './replies.ts';
import { closeSession, comeBack, createSession, spendFrame, type Credential, type Session, type SocketData } from './session.ts';

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

  /** Who was refused is upgraded and closed at once: only a close code reaches the script of a browser. */
  function upgrade(request: Request, server: Server<SocketData>, data: Omit<SocketData, 'session'>): Response | undefined {
    const offered = (request.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
    const headers = offered.includes(SUBPROTOCOL) ? { 'Sec-WebSocket-Protocol': SUBPROTOCOL } : undefined;
    const upgraded = server.upgrade(request, { data: { ...data, session: null }, ...(headers && { headers }) });
    return upgraded ? undefined : new Response('This address speaks WebSocket.', { status: 426 });
  }

  function open(socket: ServerWebSocket<SocketData>): void {
    const { opening, refusal } = socket.data;
    socket.data.opening = null;
    if (!opening) return socket.close(refusal ?? 4001, closeCodes[refusal ?? 4001].name);
    if (hub.countOf(opening.actor.userId) >= config.socketConnectionsPerPerson) return socket.close(4008, 'too many connections of one person');
    const session = createSession(newId(), socket, opening, clock.monotonic(), config.socketFramesBurst);
    socket.data.session = session;
    hub.add(session);
    log.info({ connectionId: session.id, userId: session.userId }, 'socket opened');
    session.lane.add(() => greeting.welcome(session));
  }

  function message(socket: ServerWebSocket<SocketData>, data: string | Buffer): void {
    const { session } = socket.data;
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
    if (parsed === 'ping') return session.lane.add(async () => void session.socket.sendText('{"type":"pong"}'));
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

  function send(session: Session, frame: ReplyFrame): void {
    if (!session.closing) session.socket.sendText(JSON.stringify(frame));
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

  function close(socket: ServerWebSocket<SocketData>, code: number): void {
    const { session } = socket.data;
    if (!session) return;
    log.info({ connectionId: session.id, userId: session.userId, code }, 'socket closed');
    session.closing = true;
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
    upgrade,
    websocket,
    recheck,
    renew: greeting.renew,
    /** Cuts slow readers and ended sessions, finds who went quiet. Called every second. */
    sweep(): void {
      const now = clock.now();
      for (const session of hub.all()) {
        if (session.closing) continue;
        if (session.socket.getBufferedAmount() > config.socketBackpressureMaxBytes / 2) cutSlowReader(session);
        else if (session.actor.expiresAt !== null && session.actor.expiresAt <= now) closeSession(session, 4001, 'the session ended');
      }
      presence.sweep();
    },
    /** Tells everybody to come back, spread over `withinMs`. */
    closeAll(withinMs: number): void {
      for (const session of [...hub.all()]) comeBack(session, withinMs);
    },
  };

  /** The close frame stands behind what was not read; if that is not read either, the connection is dropped. */
  function cutSlowReader(session: Session): void {
    log.warn({ connectionId: session.id, userId: session.userId, bufferedBytes: session.socket.getBufferedAmount() }, 'slow reader cut');
    closeSession(session, 4009, 'slow reader');
    clock.after(5_000, () => session.socket.terminate());
  }
}

export type SocketDoor = ReturnType<typeof createSocketDoor>;
