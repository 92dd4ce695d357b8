import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { cors } from 'hono/cors';
import type { Config } from '../config.ts';
import type { Command } from '../kernel/command.ts';
import { CommandError } from '../kernel/errors.ts';
import type { Report } from '../kernel/report.ts';
import { newId } from '../lib/id.ts';
import { inOurShape } from './auth/refusal.ts';
import { apiHeaders } from './headers.ts';
import { answerError, type Env } from './router.ts';

export type HttpOptions = {
  config: Config;
  report: Report;
  commands: readonly Command[];
  /** Counts the request against its address; throws `rate_limited`. */
  limit(request: Request): Promise<unknown>;
  /** Routes of the commands, below /api/chat. */
  router: Hono<Env>;
  health: Hono;
  documents: Hono;
  /** Everything below /api/auth. */
  auth(request: Request): Promise<Response>;
  /** The socket. Undefined once the connection was taken over. */
  upgrade(request: Request): Promise<Response | undefined>;
  /** The web chat; null where it has no such page. */
  page(request: Request): Response | null;
};

/** Everything that HTTP answers, in the order in which it is looked for. */
export function createHttp(options: HttpOptions): Hono<Env> {
  const { config } = options;
  const app = new Hono<Env>();

  app.use('*', async (c, next) => {
    const requestId = newId();
    const startedAt = performance.now();
    c.set('requestId', requestId);
    // The runtime passes on whatever the Host header says; what comes after this relies on an address.
    if (!URL.canParse(c.req.url)) return refuse(c, new CommandError('invalid_input', 'The Host header does not name a host.'));
    await next();
    c.header('X-Request-Id', requestId);
    if (!c.get('reported')) {
      const { method, path } = c.req;
      options.report.request({ method, path: withoutSecrets(path), status: c.res.status, requestId, ms: performance.now() - startedAt });
    }
  });
  // The page of the documents has a policy of its own.
  app.use('/api/*', except(['/api/docs', '/api/docs/*'], apiHeaders(config)));
  app.use(
    '/api/*',
    cors({
      origin: config.allowedOrigins,
      credentials: true,
      allowHeaders: ['Content-Type', 'Authorization', 'Idempotency-Key', 'X-Api-Key'],
      exposeHeaders: [
        'X-Request-Id',
        'Retry-After',
        'RateLimit',
        'RateLimit-Policy',
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
        'set-auth-token',
      ],
      maxAge: 600,
    }),
  );
  app.use('/api/*', async (c, next) => {
    await options.limit(c.req.raw);
    await next();
  });
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: config.requestMaxBytes,
      onError: (c) => refuse(c, new CommandError('payload_too_large', `At most ${config.requestMaxBytes} bytes.`)),
    }),
  );

  app.get('/api/chat/ws', async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') return refuse(c, new CommandError('upgrade_required'));
    // Once the connection is a socket the answer is not looked at any more, and the socket tells of itself.
    c.set('reported', true);
    return (await options.upgrade(c.req.raw)) ?? new Response(null);
  });
  app.route('/api/chat', options.router);
  app.on(['GET', 'POST'], '/api/auth/*', async (c) => inOurShape(await options.auth(c.req.raw), c.get('requestId')));
  app.route('/', options.documents);
  app.route('/', options.health);

  const otherMethods = methodsByPath(options.commands);
  app.notFound((c) => {
    if (!c.req.path.startsWith('/api/')) return options.page(c.req.raw) ?? c.text('Not found', 404);
    const methods = otherMethods(c.req.path);
    if (methods.length === 0) return refuse(c, new CommandError('not_found', 'There is no such address; /api/docs lists them all.'));
    c.header('Allow', methods.join(', '));
    return refuse(c, new CommandError('method_not_allowed', `This address answers to ${methods.join(', ')}.`));
  });
  // Whoever goes away in the middle of their request made no failure of ours.
  app.onError((error, c) => refuse(c, error.name === 'AbortError' ? new CommandError('invalid_json', 'The request broke off.') : error));
  return app;

  function refuse(c: Context<Env>, error: Error): Response {
    const requestId = c.get('requestId') ?? newId();
    const told = options.report.failed(error, { door: 'http', command: 'unknown', requestId, userId: null, ms: 0 });
    c.set('reported', true);
    return answerError(c, told, requestId);
  }
}

/** Addresses of better-auth may end in a token (a link to reset a password): what is logged ends before it. */
function withoutSecrets(path: string): string {
  return path.split('/').slice(0, 4).join('/').slice(0, 100);
}

/** Which methods an address would answer to. */
function methodsByPath(commands: readonly Command[]): (path: string) => string[] {
  const routes = commands.flatMap((command) =>
    command.http.map((route) => ({
      pattern: new RegExp(`^/api/chat${route.path.replace(/:[^/]+/g, '[^/]+')}$`),
      methods: [route.method].flat().map((method) => method.toUpperCase()),
    })),
  );
  return (path) => [...new Set(routes.filter((route) => route.pattern.test(path)).flatMap((route) => route.methods))];
}
