import type { Server } from 'bun';
import { eq } from 'drizzle-orm';
import type { Config } from './config.ts';
import { isUnavailable, StoreUnavailable } from './db/errors.ts';
import { readEpoch } from './db/epoch.ts';
import { openStore, type Store, type StoreOptions } from './db/store.ts';
import {
  commands,
  defaultOrganisation,
  findDefaultOrganisation,
  enrolUnseen,
  files as fileCommands,
  jobKinds,
  openings,
  provision,
  putIntoSchedule,
  recognise,
} from './features/index.ts';
import { commitMarks } from './features/receipts/mark.ts';
import { createAudience } from './features/socket.ts';
import { createAnswers } from './http/answer.ts';
import { createAssets } from './http/assets.ts';
import { createIdentity } from './http/auth/index.ts';
import { authSecret } from './http/auth/secret.ts';
import { addressKey, clientAddress } from './http/address.ts';
import { documentRoutes } from './http/documents.ts';
import { apiHeaders } from './http/headers.ts';
import { healthRoutes } from './http/health.ts';
import { createHttp } from './http/index.ts';
import { createMetrics, type JobCount } from './http/metrics.ts';
import { createRouter } from './http/router.ts';
import { countJobs } from './jobs/look.ts';
import { createOutbox } from './jobs/outbox.ts';
import { createPages } from './jobs/previews/index.ts';
import { createPush } from './jobs/push/index.ts';
import { readVapidKeys } from './jobs/push/keys.ts';
import { createExecute } from './kernel/execute.ts';
import { createAppendLane, createMarkLane } from './kernel/lanes.ts';
import { createLimits } from './kernel/limits.ts';
import { createMessageRows } from './kernel/message-rows.ts';
import type { Ports } from './kernel/ports.ts';
import { createReport, describe } from './kernel/report.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import { createLog, type Log } from './lib/log.ts';
import { anyWay, publicWay } from './lib/outbound.ts';
import { version } from './lib/version.ts';
import { busOf, type OpenBus } from './realtime/bus.ts';
import { createRealtime } from './realtime/index.ts';
import type { SocketData } from './realtime/session.ts';
import { createSocketDoor } from './realtime/socket.ts';
import { createUpgrade, requestWith } from './realtime/upgrade.ts';

export type Overrides = { clock?: Clock; log?: Log; store?: Store; openBus?: OpenBus };
/** Where the files are that belong to the program: folders on disk, or inside the binary. */
export type Files = { migrations: string; web: string | null; docs: string | null };

/** The composition root: the only place where the parts meet. */
export async function createApp(config: Config, files: Files, overrides: Overrides = {}) {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel);
  const store = overrides.store ?? (await openStore(storeOptions(config, files)));
  const epoch = await readEpoch(store);
  const push = createPush({
    clock,
    keys: await readVapidKeys(store, { publicKey: config.vapidPublicKey, privateKey: config.vapidPrivateKey }),
    subject: config.vapidSubject,
    allowPrivate: config.pushAllowPrivate,
    timeoutMs: config.pushTimeoutMs,
    ttlS: config.pushTtlS,
  });
  const pages = createPages({
    clock,
    log,
    userAgent: `Chinwag/${version} (link preview; +${config.publicUrl})`,
    timeoutMs: config.linkPreviewTimeoutMs,
    redirectsMax: config.linkPreviewRedirectsMax,
    way: config.linkPreviewAllowPrivate ? anyWay : publicWay,
    pageMaxBytes: config.linkPreviewPageMaxBytes,
    pictureMaxBytes: config.linkPreviewPictureMaxBytes,
    pictureMaxPixels: config.linkPreviewPictureMaxPixels,
    titleMaxCodePoints: config.linkPreviewTitleMaxCodePoints,
    descriptionMaxCodePoints: config.linkPreviewDescriptionMaxCodePoints,
    cacheMax: config.linkPreviewCacheMax,
    cacheMs: config.linkPreviewCacheMs,
  });
  const limits = createLimits(config);
  const metrics = createMetrics();
  const databaseIsAway = (error: unknown): boolean => error instanceof StoreUnavailable || isUnavailable(error);
  const report = createReport({ log, count: metrics.command, isUnavailable: databaseIsAway });
  let server: Server<SocketData> | null = null;
  let stopping = false;

  const addressOf = (request: Request): string => clientAddress(request, config.trustProxy, server);
  const limitAddress = async (request: Request, ...kinds: ('request' | 'connect')[]): Promise<void> => {
    if (!config.rateLimits) return;
    const key = addressKey(addressOf(request));
    for (const kind of kinds) await limits.take(kind, key);
  };

  const secret = await authSecret(config);
  const live = await createRealtime({
    config,
    clock,
    log,
    openBus: overrides.openBus ?? busOf({ config, log, installation: epoch }),
    secret,
    limits,
    forget: (userId) => identity.forget(userId),
    forgetAll: () => identity.forgetAll(),
    recheck,
    renew: (sessions) => sockets.renew(sessions),
    lastSeen,
    onDelivered: metrics.delivered,
    onBusFrame: metrics.busFrame,
  });
  const { hub, typing, presence, tickets, apply } = live;
  const lane = (name: 'append' | 'mark', batchMax: number) => ({
    batchMax,
    queueMax: config.queueMax,
    observe: ({ size, ms }: { size: number; ms: number }) => metrics.batch(name, size, ms),
  });
  const appends = createAppendLane(store, clock, apply, {
    ...lane('append', config.appendBatchMax),
    settleMs: config.messageSettleMs,
    wakeOutbox: (dueAt) => outbox.wakeAt(dueAt),
  });
  const marks = createMarkLane((batch) => store.tx((db) => commitMarks(db, store.tables, batch)), lane('mark', config.markBatchMax));

  const ports: Ports = {
    config,
    clock,
    log,
    store,
    limits,
    rows: createMessageRows(config.messageCacheBytes),
    appends,
    marks,
    presence,
    typing,
    tickets,
    push,
    pages,
    epoch: () => epoch,
    apply,
    wakeOutbox: (dueAt = 0) => outbox.wakeAt(dueAt),
  };
  const execute = createExecute(ports, openings);
  const outbox = createOutbox({
    store,
    clock,
    log,
    kinds: jobKinds(ports),
    leaseMs: config.outboxLeaseMs,
    pollMs: config.outboxPollMs,
    pauseMs: config.outboxPauseMs,
    attemptsMax: config.outboxAttemptsMax,
    backoffMs: config.outboxBackoffMs,
  });
  const identity = createIdentity({
    config,
    clock,
    log,
    store,
    limits,
    secret,
    isUnavailable: databaseIsAway,
    wakeOutbox: ports.wakeOutbox,
    clientAddress: addressOf,
    defaultOrganisation,
    findDefaultOrganisation,
    provision,
    recognise,
    enrolUnseen,
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
    audience: createAudience(store, config.socketSubscriptionsMax),
    listen: live.listen,
    reached: live.reached,
    resolve: async (credential) => (await identity.resolve(requestWith(credential, config.publicUrl), 'socket')).actor,
    epoch: ports.epoch,
    onFrame: metrics.frame,
    onClosed: typing.connectionClosed,
  });
  metrics.watch({
    connections: () => hub.size,
    people: () => presence.size,
    unreadBytes: () => hub.unreadBytes,
    appendQueue: appends.size,
    markQueue: marks.size,
    storeQueue: () => store.queueLength,
    jobs: jobCounts,
    processes: () => live.others + 1,
  });

  identity.onChange(live.identityChanged);

  function recheck(id: string): void {
    identity.forget(id);
    sockets.recheck(id);
  }

  /** The other figures are told while the database is away, too. */
  async function jobCounts(): Promise<JobCount[]> {
    try {
      return await countJobs(store);
    } catch (error) {
      log.warn({ error: describe(error) }, 'jobs could not be counted');
      return [];
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

  const upgrade = createUpgrade({
    door: sockets,
    server: () => server,
    limit: (request) => limitAddress(request, 'request', 'connect'),
    hasRoom: (opening) => !stopping && hub.size + opening < config.socketConnectionsMax,
    atOnce: config.socketOpensAtOnce,
    resolve: (request) => identity.resolve(request, 'socket'),
    redeem: tickets.redeem,
  });

  const answers = createAnswers(await apiHeaders(config));
  const http = createHttp({
    config,
    limit: (request) => limitAddress(request, 'request'),
    report,
    answers,
    commands,
    router: createRouter({ commands, files: fileCommands, execute, report, answers, resolve: (request) => identity.resolve(request, 'http') }),
    health: healthRoutes({ store, metrics, metricsToken: config.metricsToken, stopping: () => stopping }),
    documents: documentRoutes(commands, config, files.docs),
    auth: identity.handle,
    upgrade,
    page: files.web === null ? () => null : createAssets(files.web),
  });

  await putIntoSchedule(ports);

  let expectedTick = clock.monotonic() + 1000;
  const sweepingIdentity = clock.every(Math.max(1000, config.principalCacheMs), identity.sweep);
  const ticking = clock.every(1000, () => {
    metrics.lag(Math.max(0, clock.monotonic() - expectedTick) / 1000);
    expectedTick = clock.monotonic() + 1000;
    sockets.sweep();
  });

  /** Waits for the answers that are under way and for the sockets to say goodbye; who does not is cut off. */
  async function closeListener(): Promise<void> {
    const patience = clock.after(config.shutdownTimeoutMs / 2, () => void server?.stop(true));
    await server?.stop();
    patience.cancel();
  }

  return {
    fetch: http,
    websocket: sockets.websocket,
    ports,
    execute,
    /** Open sockets of a person. */
    connectionsOf: (userId: string): number => hub.countOf(userId),
    /** How many processes of this installation are known, this one included. */
    get processes(): number {
      return live.others + 1;
    },
    /** Resolves when no job is being worked on. */
    jobsDone: (): Promise<void> => outbox.idle(),
    /** Listens. Resolves with the address. */
    start(): { url: string; port: number } {
      live.start();
      const listening = Bun.serve<SocketData>({
        port: config.port,
        hostname: config.host,
        fetch: http,
        websocket: sockets.websocket,
        // The routes refuse what is too large in the words of the error table. The runtime, which has none, stands far behind them.
        maxRequestBodySize: Math.max(16 * 1024 * 1024, 4 * config.requestMaxBytes),
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
      sweepingIdentity.cancel();
      sockets.closeAll(config.shutdownRetryAfterMs);
      await closeListener();
      await outbox.stop();
      await Promise.all([appends.drain(), marks.drain()]);
      await live.stop();
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
    file: { cacheBytes: config.fileCacheBytes, checkpointPages: config.fileCheckpointPages },
  };
}
