import type { Server } from 'bun';
import { eq } from 'drizzle-orm';
import type { Config } from './config.ts';
import { isUnavailable } from './db/errors.ts';
import { openStore, StoreUnavailable, type Store, type StoreOptions } from './db/store.ts';
import { commands, defaultOrganisation, findDefaultOrganisation, jobHandlers, provision, recognise } from './features/index.ts';
import { commitMarks } from './features/receipts/mark.ts';
import { audienceOf } from './features/socket.ts';
import { createAssets } from './http/assets.ts';
import { createIdentity } from './http/auth/index.ts';
import { authSecret } from './http/auth/secret.ts';
import { clientAddress } from './http/address.ts';
import { documentRoutes } from './http/documents.ts';
import { healthRoutes } from './http/health.ts';
import { createHttp } from './http/index.ts';
import { createMetrics } from './http/metrics.ts';
import { createRouter } from './http/router.ts';
import { createOutbox } from './jobs/outbox.ts';
import type { Effect } from './kernel/effects.ts';
import { CommandError } from './kernel/errors.ts';
import { createExecute } from './kernel/execute.ts';
import { createAppendLane, createMarkLane } from './kernel/lanes.ts';
import { createLimits } from './kernel/limits.ts';
import type { Ports } from './kernel/ports.ts';
import { createReport, describe } from './kernel/report.ts';
import { createSequencer } from './kernel/sequencer.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { newId } from './lib/id.ts';
import { createLog, type Log } from './lib/log.ts';
import { createHub } from './realtime/hub.ts';
import { createPresence } from './realtime/presence.ts';
import type { Credential, SocketData } from './realtime/session.ts';
import { createSocketDoor } from './realtime/socket.ts';
import { createTickets } from './realtime/tickets.ts';
import { createTyping } from './realtime/typing.ts';

export type Overrides = { clock?: Clock; log?: Log; store?: Store };
/** Where the files are that belong to the program: folders on disk, or inside the binary. */
export type Files = { migrations: string; web: string | null; docs: string | null };

/** The composition root: the only place where the parts meet. */
export async function createApp(config: Config, files: Files, overrides: Overrides = {}) {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel);
  const store = overrides.store ?? (await openStore(storeOptions(config, files)));
  const epoch = await readEpoch(store);
  const limits = createLimits(config);
  const metrics = createMetrics();
  const databaseIsAway = (error: unknown): boolean => error instanceof StoreUnavailable || isUnavailable(error);
  const report = createReport({ log, count: metrics.command, isUnavailable: databaseIsAway });
  let server: Server<SocketData> | null = null;
  let stopping = false;

  const hub = createHub(metrics.delivered);
  const publish = (topic: string, event: unknown): void => hub.publish(topic, JSON.stringify(event));
  const typing = createTyping(clock, config.typingTtlMs, publish);
  const presence = createPresence({ clock, hub, graceMs: config.presenceGraceMs, awayMs: config.presenceAwayMs, publish, lastSeen });
  const tickets = createTickets(clock, config.ticketTtlMs, config.ticketsMax);
  const addressOf = (request: Request): string => clientAddress(request, config.trustProxy, server);

  const { take: apply } = createSequencer({ clock, holdMs: config.reorderHoldMs, max: config.reorderConversationsMax, perform });
  const lane = (name: 'append' | 'mark', batchMax: number) => ({
    batchMax,
    queueMax: config.queueMax,
    observe: ({ size, ms }: { size: number; ms: number }) => metrics.batch(name, size, ms),
  });
  const appends = createAppendLane(store, clock, apply, lane('append', config.appendBatchMax));
  const marks = createMarkLane((batch) => store.tx((db) => commitMarks(db, store.tables, batch)), lane('mark', config.markBatchMax));

  const ports: Ports = {
    config,
    clock,
    log,
    store,
    limits,
    appends,
    marks,
    presence,
    typing,
    tickets,
    epoch: () => epoch,
    apply,
    wakeOutbox: () => outbox.wake(),
  };
  const execute = createExecute(ports);
  const outbox = createOutbox({
    store,
    clock,
    log,
    handlers: jobHandlers(ports),
    leaseMs: config.outboxLeaseMs,
    pollMs: config.outboxPollMs,
    attemptsMax: config.outboxAttemptsMax,
    backoffMs: config.outboxBackoffMs,
  });
  const identity = createIdentity({
    config,
    clock,
    log,
    store,
    limits,
    secret: await authSecret(config),
    isUnavailable: databaseIsAway,
    wakeOutbox: ports.wakeOutbox,
    clientAddress: addressOf,
    defaultOrganisation,
    findDefaultOrganisation,
    provision,
    recognise,
  });

  const sockets = createSocketDoor({
    commands,
    execute,
    report,
    config,
    clock,
    log,
    hub,
    presence,
    audience: (actor) => audienceOf(store, actor, config.socketSubscriptionsMax),
    resolve: async (credential) => (await identity.resolve(requestWith(credential, config), 'socket')).actor,
    epoch: ports.epoch,
    onFrame: metrics.frame,
    onClosed: typing.connectionClosed,
  });
  metrics.watch({
    connections: () => hub.size,
    people: () => presence.size,
    appendQueue: appends.size,
    markQueue: marks.size,
    storeQueue: () => store.queueLength,
  });

  identity.onChange((change) => {
    const { userId } = change;
    if (change.kind === 'session-ended') hub.disconnect(userId, 4010, (session) => session.credential.token === change.token);
    else if (change.kind === 'rights') sockets.recheck(userId);
    else hub.disconnect(userId, 4003);
  });

  /** Carries out what a committed command asked for. */
  function perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case 'publish':
          publish(effect.topic, effect.event);
          break;
        case 'subscribe':
          hub.subscribe(effect.userId, effect.topic);
          break;
        case 'unsubscribe':
          typing.stop(effect.topic, effect.userId);
          hub.unsubscribe(effect.userId, effect.topic);
          break;
        case 'disconnect':
          hub.disconnect(effect.userId, effect.code);
          break;
        case 'forget':
          identity.forget(effect.userId);
          hub.forget(effect.userId);
          break;
        case 'hide':
          presence.hide(effect.userId, effect.hidden);
          break;
        case 'job':
          break;
      }
    }
  }

  async function lastSeen(userId: string, at: number): Promise<void> {
    const { user } = store.tables;
    try {
      await store.tx(async (db) => void (await db.update(user).set({ lastActiveAt: at }).where(eq(user.id, userId))));
    } catch (error) {
      log.warn({ userId, error: describe(error) }, 'last seen was not stored');
    }
  }

  /** Who cannot be let in hears a close code; only a foreign origin is refused before the upgrade. */
  async function upgrade(request: Request): Promise<Response | undefined> {
    if (!server) throw new CommandError('unavailable');
    if (stopping || hub.size >= config.socketConnectionsMax)
      throw new CommandError('unavailable', 'No more connections here now.', { retryAfter: 5 });
    const address = addressOf(request);
    try {
      const ticket = new URL(request.url).searchParams.get('ticket');
      const { actor, token } = ticket === null ? await identity.resolve(request, 'socket') : tickets.redeem(ticket);
      return sockets.upgrade(request, server, {
        opening: { actor, credential: credentialOf(request, ticket === null ? null : token, token), address },
        refusal: null,
      });
    } catch (error) {
      if (!(error instanceof CommandError) || (error.code !== 'unauthenticated' && error.code !== 'banned')) throw error;
      return sockets.upgrade(request, server, { opening: null, refusal: error.code === 'banned' ? 4003 : 4001 });
    }
  }

  const http = createHttp({
    config,
    report,
    commands,
    router: createRouter({ commands, execute, report, resolve: (request) => identity.resolve(request, 'http') }),
    health: healthRoutes({ store, metrics, stopping: () => stopping }),
    documents: documentRoutes(commands, config, files.docs),
    auth: identity.handle,
    upgrade,
    page: files.web === null ? () => null : createAssets(files.web),
  });

  let expectedTick = clock.now() + 1000;
  const ticking = clock.every(1000, () => {
    metrics.lag(Math.max(0, clock.now() - expectedTick) / 1000);
    expectedTick = clock.now() + 1000;
    sockets.sweep();
  });

  return {
    fetch: (request: Request): Response | Promise<Response> => http.fetch(request),
    websocket: sockets.websocket,
    ports,
    execute,
    /** Open sockets of a person. */
    connectionsOf: (userId: string): number => hub.countOf(userId),
    /** Listens. Resolves with the address. */
    start(): { url: string; port: number } {
      const listening = Bun.serve<SocketData>({
        port: config.port,
        hostname: config.host,
        fetch: (request) => http.fetch(request),
        websocket: sockets.websocket,
        maxRequestBodySize: config.requestMaxBytes + 1024,
        idleTimeout: 60,
        error: (error) => {
          log.error({ error: describe(error) }, 'request failed outside the routes');
          return new Response(null, { status: 500 });
        },
      });
      server = listening;
      hub.attach(listening);
      outbox.start();
      return { url: `http://localhost:${listening.port}`, port: listening.port ?? config.port };
    },
    /** Accepts nothing new, sends the sockets away, finishes what was begun, closes the database. */
    async stop(): Promise<void> {
      if (stopping) return;
      stopping = true;
      ticking.cancel();
      sockets.closeAll(1012, config.shutdownRetryAfterMs);
      await server?.stop();
      await outbox.stop();
      await Promise.all([appends.drain(), marks.drain()]);
      await presence.flush();
      await store.close();
    },
  };
}

export type App = Awaited<ReturnType<typeof createApp>>;

export function storeOptions(config: Config, files: Pick<Files, 'migrations'>): StoreOptions {
  return {
    url: config.databaseUrl,
    migrations: files.migrations,
    poolMax: config.databasePoolMax,
    connectTimeoutMs: config.databaseConnectTimeoutMs,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
  };
}

/** Made once in the life of a database; a restored backup gets another one. */
async function readEpoch(store: Store): Promise<string> {
  const { setting } = store.tables;
  return store.tx(async (db) => {
    await db.insert(setting).values({ key: 'epoch', value: newId() }).onConflictDoNothing();
    const [row] = await db.select().from(setting).where(eq(setting.key, 'epoch'));
    return row?.value ?? '';
  });
}

/** What is kept of the upgrade request, to ask again later who it is. A ticket is gone by then; the token behind it stands for it. */
function credentialOf(request: Request, ticketToken: string | null, token: string | null): Credential {
  if (ticketToken !== null) return { headers: { authorization: `Bearer ${ticketToken}` }, token };
  const kept = ['authorization', 'cookie', 'origin', 'x-api-key', 'host'].flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { headers: Object.fromEntries(kept), token };
}

function requestWith(credential: Credential, config: Config): Request {
  return new Request(`${config.publicUrl}/api/chat/ws`, { headers: credential.headers });
}
