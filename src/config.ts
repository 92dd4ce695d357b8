import { z } from 'zod';
import { createECDH } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';

/**
 * Every setting, limit, timeout and size: name, default, unit and one sentence. The environment variable of
 * `messageMaxCodePoints` is MESSAGE_MAX_CODE_POINTS. This is the only file that reads the environment;
 * `chinwag config docs` prints what stands here.
 */
type Unit = 'ms' | 's' | 'bytes' | 'count' | 'code points' | 'per second' | 'address' | 'path' | 'text' | 'on/off' | 'list' | 'port' | 'percent';

const note = (unit: Unit, description: string, secret = false) => ({ unit, description, secret });

const whole = (fallback: number, unit: Unit, description: string, min = 1, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(min).max(max).default(fallback).meta(note(unit, description));

const onOff = (fallback: boolean, description: string) =>
  z
    .union([z.boolean(), z.enum(['on', 'off', 'true', 'false', '1', '0'])])
    .transform((value) => value === true || value === 'on' || value === 'true' || value === '1')
    .default(fallback)
    .meta(note('on/off', description));

const words = (unit: Unit, description: string, secret = false) =>
  z
    .string()
    .trim()
    .min(1)
    .optional()
    .meta(note(unit, description, secret));

const list = (description: string) =>
  z
    .union([
      z.array(z.string()),
      z.string().transform((value) =>
        value
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      ),
    ])
    .default([])
    .meta(note('list', description));

export const configSchema = z.object({
  // Where it runs
  port: whole(3000, 'port', 'Port to listen on; 0 takes a free one.', 0, 65_535),
  host: z.string().default('0.0.0.0').meta(note('address', 'Address to listen on.')),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta(note('address', 'The address that people use; https makes cookies Secure. By default http://localhost:PORT.')),
  dataDir: z.string().default('./data').meta(note('path', 'Folder for the embedded database and the generated secret; created when absent.')),
  databaseUrl: words('address', 'sqlite:<path> or postgres://user:password@host/database. By default chinwag.db in DATA_DIR.', true),
  databasePoolMax: whole(10, 'count', 'Postgres connections of one process.', 2, 500),
  databaseConnectTimeoutMs: whole(5_000, 'ms', 'How long to wait for a Postgres connection.'),
  databaseStatementTimeoutMs: whole(20_000, 'ms', 'Longest time of one Postgres statement, and of a transaction without one.', 1_000),
  fileCacheBytes: whole(32 * 1024 * 1024, 'bytes', 'Pages of the SQLite file that the writing connection keeps in memory.', 1024 * 1024),
  messageCacheBytes: whole(
    32 * 1024 * 1024,
    'bytes',
    'Rows of messages that one process keeps in memory for pages that are read again. A row changed by hand needs a new `rev` to be seen before a restart; 0 keeps none.',
    0,
  ),
  fileCheckpointPages: whole(
    8_000,
    'count',
    'Pages (4 kB) in the write-ahead log of SQLite before they are taken over into the file; 0 leaves that to another program, such as Litestream.',
    0,
  ),
  busUrl: words(
    'address',
    'How several processes reach each other: `postgres:` (LISTEN/NOTIFY on DATABASE_URL, the default there), `nats://host:4222` (`tls://` with TLS), or `local:` for one process alone (the default with SQLite).',
    true,
  ),
  busAliveMs: whole(3_000, 'ms', 'How often a process tells the others that it lives.', 100),
  busMissesMax: whole(
    3,
    'count',
    'A process that was not heard for so many of those times is dead to the others: its people go offline, and sockets sync.',
    2,
  ),
  busRenewAtOnce: whole(8, 'count', 'Sockets looked up again at the same time after news of other processes may have been missed.'),
  busQueueMax: whole(20_000, 'count', 'Frames waiting for the Postgres bus; beyond that they are dropped, and the others are told of a gap.'),
  trustProxy: z
    .union([z.boolean(), z.enum(['on', 'off', 'true', 'false', '1', '0', 'fly'])])
    .transform((value): 'off' | 'forwarded' | 'fly' =>
      value === 'fly' ? 'fly' : value === true || value === 'on' || value === 'true' || value === '1' ? 'forwarded' : 'off',
    )
    .default('off')
    .meta(
      note(
        'text',
        '`on`: the client address is the last of X-Forwarded-For. `fly`: it is Fly-Client-IP. Only behind a proxy that sets it, or clients choose their own.',
      ),
    ),
  allowedOrigins: list('Other origins (https://app.example.com) that may use the API from a browser: CORS, cookie writes and sockets.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').meta(note('text', 'Least severe entries that are logged.')),
  metricsToken: words('text', '`/metrics` answers only to this bearer. Open where absent: keep it inside your network then.', true),
  demo: onOff(false, 'Fill an empty database with demonstration people and conversations at start.'),
  shutdownTimeoutMs: whole(10_000, 'ms', 'Longest time from SIGTERM to the end of the process.'),
  shutdownRetryAfterMs: whole(3_000, 'ms', 'Sockets closed at shutdown are told to come back within this time, spread at random.'),

  // Identity
  authSecret: words('text', 'Signs sessions; at least 32 characters. Made and kept in DATA_DIR when absent on SQLite, required on Postgres.', true),
  signUp: onOff(true, 'Anybody may make an account. Off: only invited people.'),
  defaultOrganisation: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .default('Everyone')
    .meta(note('text', 'Name of the organisation that sign-ups join; made at first use.')),
  joinDefaultOrganisation: onOff(true, 'Sign-ups join the default organisation. Off: people are in none until invited.'),
  guests: onOff(true, 'Anonymous sign-in for guests.'),
  sessionMaxAgeS: whole(30 * 24 * 3600, 's', 'A session ends after this time without use.'),
  principalCacheMs: whole(15_000, 'ms', 'How long a checked token is believed; sign-out, ban and role changes empty it at once.', 0),
  principalCacheMax: whole(50_000, 'count', 'Tokens in that cache.'),
  jwtSecret: words('text', 'HS256 secret shared with your application: its JWTs sign people in. At least 32 characters.', true),
  jwtJwksUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta(note('address', "Your application's JWKS: its RS256, ES256 or EdDSA JWTs sign people in.")),
  jwksTimeoutMs: whole(3_000, 'ms', 'How long to wait for the JWKS.'),
  jwksCooldownMs: whole(30_000, 'ms', 'An unknown key id fetches the JWKS again, but not more often than this.'),
  jwksMaxAgeMs: whole(600_000, 'ms', 'The JWKS is fetched again after this time.'),
  jwtIssuer: words('text', 'Required `iss` of those JWTs.'),
  jwtAudience: words('text', 'Required `aud` of those JWTs.'),
  jwtClockSkewS: whole(30, 's', 'Tolerated difference of clocks in `exp`, `nbf` and `iat`.', 0, 300),
  jwtRequireExpiry: onOff(false, 'Refuse JWTs without `exp`. Off: such a token is good until the secret or key changes.'),
  jwtCreateOrganisations: onOff(true, 'An `org` claim that names no organisation creates it.'),
  keysPerOrganisationMax: whole(50, 'count', 'Keys of one organisation that were not revoked.'),
  keyMaxAgeS: whole(0, 's', 'Longest life of a key of an organisation; its expiry is required then. 0: keys may be made that do not expire.', 0),
  auditRetentionS: whole(365 * 24 * 3600, 's', 'Entries of the audit are removed after this time; looked for every hour.'),
  ticketTtlMs: whole(30_000, 'ms', 'Life of a one-time socket ticket.'),
  ticketsMax: whole(10_000, 'count', 'Used socket tickets that are remembered, so that none opens a second socket.'),

  // Requests
  requestMaxBytes: whole(1024 * 1024, 'bytes', 'Largest body of a request.', 1_024),
  requestTimeoutMs: whole(10_000, 'ms', 'Deadline of every command.', 100),
  pageDefault: whole(50, 'count', 'Items on a page when `limit` is not given.', 1, 200),

  // People
  statusTextMaxCodePoints: whole(140, 'code points', 'Longest status text of a person.'),
  blocksMax: whole(1_000, 'count', 'People that one person blocks.'),

  // Conversations and messages
  messageMaxCodePoints: whole(4_000, 'code points', 'Longest text of a message.'),
  messageMetadataMaxBytes: whole(8_192, 'bytes', 'Largest metadata of a message or conversation, as JSON.'),
  messageEditWindowMs: whole(24 * 3600_000, 'ms', 'How long authors may edit a message.'),
  messageDeleteWindowMs: whole(24 * 3600_000, 'ms', 'How long authors may delete a message for everybody; admins always may.'),
  replyPreviewCodePoints: whole(140, 'code points', 'Length of the quoted text in a reply.'),
  reactionEmojiMax: whole(20, 'count', 'Different emoji on one message.'),
  reactionsPerPersonMax: whole(10, 'count', 'Reactions of one person to one message.'),
  reactionsPerMessageMax: whole(500, 'count', 'Reactions to one message, all people together.'),
  mentionsMax: whole(50, 'count', 'People mentioned in one message.'),
  pollOptionsMax: whole(12, 'count', 'Options of one poll.', 2),
  pollQuestionMaxCodePoints: whole(300, 'code points', 'Longest question of a poll.'),
  pollOptionMaxCodePoints: whole(100, 'code points', 'Longest option of a poll.'),
  pollOpenMaxMs: whole(90 * 24 * 3600_000, 'ms', 'How far ahead the end of a poll may be set.'),
  pollVotersNamedMax: whole(50, 'count', 'People named behind one option of a poll; all of them are counted.'),
  pinsMax: whole(50, 'count', 'Pinned messages of one conversation.'),
  threadParticipantsShown: whole(10, 'count', 'People shown of those who wrote in a thread.'),
  groupMembersMax: whole(5_000, 'count', 'Members of one group.'),
  membersPerRequestMax: whole(200, 'count', 'People named in one request.'),
  appendBatchMax: whole(1024, 'count', 'Sends committed together.'),
  markBatchMax: whole(1_000, 'count', 'Read and delivered marks committed together.'),
  messageSettleMs: whole(
    1_000,
    'ms',
    'How long after a message the work that it causes is done: search index, notifications, push. Who has read it by then was looking.',
    0,
  ),
  queueMax: whole(20_000, 'count', 'Sends or marks waiting for a commit; beyond that callers are told to wait.'),

  reorderHoldMs: whole(
    1_000,
    'ms',
    'An event that arrives before its predecessor in a conversation waits for it this long; then clients fetch what is missing.',
    0,
    10_000,
  ),
  reorderConversationsMax: whole(50_000, 'count', 'Conversations whose order of events is remembered.'),

  // Search
  searchQueryMaxCodePoints: whole(200, 'code points', 'Longest text to search for.'),
  searchWordsMax: whole(20, 'count', 'Words in one search.'),
  searchCandidates: whole(200, 'count', 'The newest messages with the words, ranked together; the next so many come after them.', 1, 5_000),
  searchLookedAtMax: whole(2_000, 'count', 'Messages that one request looks at; a page may be short, and its cursor goes on.'),
  searchNarrowMax: whole(
    200,
    'count',
    'In so many conversations of a person the index looks one by one; with more it looks in the whole organisation.',
  ),
  searchOutstandingMax: whole(
    5_000,
    'count',
    'The newest messages not yet indexed that a search reads one by one; beyond that it finds them once they are.',
  ),
  searchSnippetLength: whole(160, 'count', 'Length of the text shown around a hit, in UTF-16 units.', 20),

  // Sync
  syncHeldMax: whole(10_000, 'count', 'Conversations that a client may name in one sync.'),
  syncConversationsMax: whole(1_000, 'count', 'Conversations in the answer of one sync; the rest with the next.'),
  syncMessagesPerConversation: whole(100, 'count', 'Changed messages of one conversation in one sync; the rest by conversation.changes.'),
  syncMessagesMax: whole(20_000, 'count', 'Changed messages in one sync.'),

  // Socket
  socketFrameMaxBytes: whole(64 * 1024, 'bytes', 'Largest frame from a client.', 1_024),
  socketBackpressureMaxBytes: whole(16 * 1024 * 1024, 'bytes', 'Unread output of a socket; beyond that it is closed with 4009.', 65_536),
  socketFramesPerSecond: whole(200, 'per second', 'Sustained frames of one socket.'),
  socketFramesBurst: whole(1_000, 'count', 'Frames of one socket at once above that.'),
  socketPendingMax: whole(256, 'count', 'Frames of one socket waiting for their answer.'),
  socketConnectionsPerPerson: whole(50, 'count', 'Sockets of one person.'),
  socketConnectionsMax: whole(50_000, 'count', 'Sockets of one process.'),
  socketOpensAtOnce: whole(256, 'count', 'Sockets whose person is looked up at the same time; whoever comes then waits for their turn.'),
  socketSubscriptionsMax: whole(5_000, 'count', 'Conversations that one socket hears live, the most recently active first.'),
  heartbeatMs: whole(
    30_000,
    'ms',
    'Clients send any frame at least this often; twice that without one and the socket is closed, give or take 4 seconds.',
    4_000,
    480_000,
  ),

  // Presence and typing
  typingTtlMs: whole(6_000, 'ms', 'Typing ends by itself after this time.'),
  presenceGraceMs: whole(5_000, 'ms', 'A lost connection counts as offline after this time.', 0),
  presenceAwayMs: whole(5 * 60_000, 'ms', 'Online people who send nothing but heartbeats are away after this time.'),
  presenceWatchMax: whole(500, 'count', 'People that one connection may watch.'),

  // Work after the commit
  notificationsMax: whole(1_000, 'count', 'Notifications kept for one person; the oldest go first.'),
  outboxLeaseMs: whole(60_000, 'ms', 'A job whose worker died is taken over after this time.', 1_000),
  outboxPollMs: whole(5_000, 'ms', 'How often the outbox is looked at without being woken.', 100),
  outboxPauseMs: whole(100, 'ms', 'What falls due within this time after a look at the outbox is done together.', 0),
  outboxAttemptsMax: whole(12, 'count', 'A job that failed this often is left for a person to look at.'),
  outboxBackoffMs: whole(1_000, 'ms', 'Wait after the first failure of a job; it doubles with every further one, up to an hour.'),

  // Web Push
  vapidPublicKey: words(
    'text',
    'Public key of Web Push, base64url. Made with its private key at the first start, and kept in the database, when absent.',
  ),
  vapidPrivateKey: words('text', 'Private key that belongs to VAPID_PUBLIC_KEY, base64url.', true),
  vapidSubject: z
    .url({ protocol: /^(https|mailto)$/ })
    .optional()
    .meta(note('address', 'Where push services reach whoever runs this: mailto:you@example.com or an https address. By default PUBLIC_URL.')),
  pushAllowPrivate: onOff(false, 'Push services may be at http addresses and inside your network. Only for tests and intranets.'),
  pushSubscriptionsMax: whole(20, 'count', 'Browsers of one person that take Web Push; one more takes the place of the oldest.', 1, 100),
  pushEndpointMaxCodePoints: whole(2_048, 'code points', 'Longest address at a push service.'),
  pushBodyMaxCodePoints: whole(140, 'code points', 'Length of the text in a push; 0 sends none.', 0, 300),
  pushTtlS: whole(24 * 3600, 's', 'How long a push service keeps a push for a browser that is not there.', 0),
  pushTimeoutMs: whole(
    5_000,
    'ms',
    'How long to wait for a push service. Shorter than OUTBOX_LEASE_MS, or what is under way is sent twice.',
    100,
    60_000,
  ),
  pushAtOnceMax: whole(20, 'count', 'Pushes under way at the same time.'),

  // Link previews
  linkPreviews: onOff(true, 'The server reads the page of the first link in a message and shows its title below. Off: it calls nobody.'),
  linkPreviewAllowPrivate: onOff(
    false,
    'Pages may be inside your network and on any port: whoever writes a link makes the server call there. Only for tests and intranets.',
  ),
  linkPreviewTimeoutMs: whole(
    5_000,
    'ms',
    'How long to wait for a page, its redirects included, and again for its picture. Shorter than half of OUTBOX_LEASE_MS, or both are asked for twice.',
    100,
    60_000,
  ),
  linkPreviewPageMaxBytes: whole(1024 * 1024, 'bytes', 'So much of a page is read, unpacked; what stands further on is not seen.', 1_024),
  linkPreviewPictureMaxBytes: whole(5 * 1024 * 1024, 'bytes', 'Largest file of a picture that a small copy is made of.', 1_024),
  linkPreviewPictureMaxPixels: whole(10_000_000, 'count', 'Largest such picture in pixels; each takes 4 bytes while it is drawn.', 1),
  linkPreviewRedirectsMax: whole(3, 'count', 'Redirects that are followed to a page.', 0, 20),
  linkPreviewsAtOnceMax: whole(5, 'count', 'Pages that one process reads at the same time.'),
  linkPreviewCacheMax: whole(1_000, 'count', 'Pages that one process remembers, so that a link sent to ten rooms is read once.'),
  linkPreviewCacheMs: whole(600_000, 'ms', 'How long it remembers them.', 0),
  linkPreviewTitleMaxCodePoints: whole(200, 'code points', 'Longest title, and name of a site, that is shown of a page.'),
  linkPreviewDescriptionMaxCodePoints: whole(300, 'code points', 'Longest description that is shown of a page.'),

  // Rate limits: points in each window
  rateLimits: onOff(true, 'Off for benchmarks and load tests only.'),
  rateReadsPerMinute: whole(6_000, 'count', 'Reading commands of one person in a minute.'),
  rateWritesPerMinute: whole(1_200, 'count', 'Writing commands of one person in a minute.'),
  rateSendsPerMinute: whole(3_000, 'count', 'Messages of one person in a minute.'),
  rateSignalsPerMinute: whole(3_000, 'count', 'Typing, marks and presence of one person in a minute.'),
  rateKeyCommandsPerMinute: whole(30_000, 'count', 'Commands of one key of an organisation in a minute, whoever it acts as.'),
  rateSignUpsPerHour: whole(300, 'count', 'Sign-ups from one address in an hour.'),
  rateSignInsPerMinute: whole(60, 'count', 'Sign-ins from one address in a minute.'),
  rateSignInsPerAccountPerMinute: whole(10, 'count', 'Sign-ins to one account in a minute.'),
  rateConnectsPerMinute: whole(600, 'count', 'Failed sign-ins by token from one address in a minute.'),
  rateRequestsPerAddressPerMinute: whole(30_000, 'count', 'Requests of any kind from one address in a minute, signed in or not. IPv6: from one /64.'),
  rateSocketsPerAddressPerMinute: whole(6_000, 'count', 'Sockets opened from one address in a minute.'),
  rateKeysMax: whole(200_000, 'count', 'People and addresses that each of these limits remembers; beyond that it forgets who was quiet longest.'),
});

type RateRow = { points: keyof z.output<typeof configSchema>; seconds: number; per: 'person' | 'key' | 'address' | 'account' };

/** What is limited in time: how many points in how many seconds, and whose. Every command names its kind; the others are of single addresses. */
const rateTable = {
  read: { points: 'rateReadsPerMinute', seconds: 60, per: 'person' },
  write: { points: 'rateWritesPerMinute', seconds: 60, per: 'person' },
  send: { points: 'rateSendsPerMinute', seconds: 60, per: 'person' },
  signal: { points: 'rateSignalsPerMinute', seconds: 60, per: 'person' },
  key: { points: 'rateKeyCommandsPerMinute', seconds: 60, per: 'key' },
  request: { points: 'rateRequestsPerAddressPerMinute', seconds: 60, per: 'address' },
  connect: { points: 'rateSocketsPerAddressPerMinute', seconds: 60, per: 'address' },
  'refused-token': { points: 'rateConnectsPerMinute', seconds: 60, per: 'address' },
  'sign-up': { points: 'rateSignUpsPerHour', seconds: 3600, per: 'address' },
  'sign-in': { points: 'rateSignInsPerMinute', seconds: 60, per: 'address' },
  'sign-in-account': { points: 'rateSignInsPerAccountPerMinute', seconds: 60, per: 'account' },
} as const satisfies Record<string, RateRow>;

export type RateKind = keyof typeof rateTable;
/** A row of the table with its figure. */
export type Rate = { points: number; seconds: number; per: RateRow['per'] };
export type Config = Readonly<z.output<typeof configSchema>> & {
  readonly publicUrl: string;
  readonly databaseUrl: string;
  readonly bus: 'local' | 'postgres' | 'nats';
  readonly vapidSubject: string;
  readonly rates: Readonly<Record<RateKind, Rate>>;
};
export type ConfigInput = z.input<typeof configSchema>;

export class ConfigError extends Error {}

/** The environment as a config. Throws a ConfigError that names every wrong variable. */
export function readConfig(overrides: ConfigInput = {}, env: Record<string, string | undefined> = process.env): Config {
  const fromEnv = Object.fromEntries(
    Object.keys(configSchema.shape).flatMap((key) => {
      const value = env[envName(key)];
      return value === undefined || value.trim() === '' ? [] : [[key, value]];
    }),
  );
  const given: Record<string, unknown> = { ...fromEnv, ...overrides };
  const issues = configSchema.safeParse(given).error?.issues ?? [];
  // What is right of it is looked at as well, so that nobody mends one variable to hear of the next.
  const right = Object.fromEntries(Object.entries(given).filter(([key]) => !issues.some((issue) => issue.path[0] === key)));
  const config = complete(configSchema.parse(right));
  const wrong = [...issues.map((issue) => `  ${envName(String(issue.path[0]))}: ${issue.message}`), ...wrongIn(config)];
  if (wrong.length > 0) throw new ConfigError(`The configuration is not valid:\n${wrong.join('\n')}\nSee: chinwag config docs`);
  return config;
}

function complete(config: z.output<typeof configSchema>): Config {
  const dataDir = resolve(config.dataDir);
  const databaseUrl = config.databaseUrl ?? `sqlite:${dataDir}/chinwag.db`;
  const publicUrl = (config.publicUrl ?? `http://localhost:${config.port}`).replace(/\/+$/, '');
  return {
    ...config,
    dataDir,
    publicUrl,
    vapidSubject: config.vapidSubject ?? (publicUrl.startsWith('https:') ? publicUrl : `mailto:chinwag@${new URL(publicUrl).hostname}`),
    databaseUrl,
    bus: busOf(config.busUrl ?? (isPostgres(databaseUrl) ? 'postgres:' : 'local:')),
    rates: ratesOf(config),
  };
}

const isPostgres = (databaseUrl: string): boolean => /^postgres(ql)?:/.test(databaseUrl);

function busOf(url: string): Config['bus'] {
  if (url.startsWith('postgres')) return 'postgres';
  return /^(nats|tls):/.test(url) ? 'nats' : 'local';
}

function ratesOf(config: z.output<typeof configSchema>): Config['rates'] {
  const rows = Object.entries(rateTable).map(([kind, { points, ...row }]) => [kind, { points: config[points], ...row }]);
  return Object.fromEntries(rows) as Config['rates'];
}

function wrongIn(config: Config): string[] {
  const wrong: string[] = [];
  const scheme = config.databaseUrl.split(':', 1)[0] ?? '';
  if (!['sqlite', 'postgres', 'postgresql'].includes(scheme))
    wrong.push('  DATABASE_URL: must start with sqlite: or postgres: (for example sqlite:./data/chinwag.db)');
  if (config.authSecret && config.authSecret.length < 32) wrong.push('  AUTH_SECRET: at least 32 characters (openssl rand -hex 32)');
  if (isPostgres(config.databaseUrl) && !config.authSecret)
    wrong.push('  AUTH_SECRET: required with Postgres, the same on every machine (openssl rand -hex 32)');
  if (config.jwtSecret && config.jwtSecret.length < 32) wrong.push('  JWT_SECRET: at least 32 characters');
  if (config.busUrl && !/^(local:$|postgres:$|(nats|tls):\/\/[^/]+$)/.test(config.busUrl))
    wrong.push('  BUS_URL: must be local:, postgres: or nats://host:4222 (tls:// with TLS)');
  if (config.bus !== 'local' && !isPostgres(config.databaseUrl))
    wrong.push('  BUS_URL: several processes need Postgres as DATABASE_URL; a SQLite file belongs to one');
  if (Boolean(config.vapidPublicKey) !== Boolean(config.vapidPrivateKey)) wrong.push('  VAPID_PUBLIC_KEY: set it together with VAPID_PRIVATE_KEY');
  else if (config.vapidPublicKey && config.vapidPrivateKey && publicKeyOf(config.vapidPrivateKey) !== config.vapidPublicKey)
    wrong.push('  VAPID_PRIVATE_KEY: does not belong to VAPID_PUBLIC_KEY');
  for (const origin of config.allowedOrigins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      wrong.push(`  ALLOWED_ORIGINS: "${origin}" is not an origin like https://app.example.com`);
  return wrong;
}

function publicKeyOf(privateKey: string): string | null {
  try {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(privateKey, 'base64url');
    return pair.getPublicKey('base64url');
  } catch {
    return null;
  }
}

/** Path of the file behind a `sqlite:` address, absolute. */
export function sqliteFile(config: Pick<Config, 'databaseUrl'>): string {
  const path = config.databaseUrl.replace(/^sqlite:(\/\/)?/, '');
  return isAbsolute(path) ? path : resolve(path);
}

export function envName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

export type ConfigEntry = { name: string; unit: Unit; description: string; secret: boolean; fallback: unknown };

/** What `chinwag config docs` and docs/configuration.md are made of. */
export function configEntries(): ConfigEntry[] {
  const defaults: Record<string, unknown> = configSchema.parse({});
  return Object.entries(configSchema.shape).map(([key, field]) => {
    const meta = field.meta();
    return {
      name: envName(key),
      unit: meta?.unit as Unit,
      description: meta?.description ?? '',
      secret: meta?.secret === true,
      fallback: defaults[key],
    };
  });
}
