import { Hono, type Context } from 'hono';
import type { Config } from '../config.ts';
import type { Command } from '../kernel/command.ts';
import { CommandError } from '../kernel/errors.ts';
import type { Report } from '../kernel/report.ts';
import { newId } from '../lib/id.ts';
import { inOurShape } from './auth/refusal.ts';
import type { Answers } from './answer.ts';
import { bodyLimit } from './body-limit.ts';
import { crossOrigin } from './cross-origin.ts';
import type { Env } from './router.ts';

const SOCKET_PATH = '/api/chat/ws';
const SOCKET_URL = new RegExp(`^[^/]+//[^/?]*${SOCKET_PATH}(?:\\?|$)`);

export type HttpOptions = {
  config: Config;
  report: Report;
  answers: Answers;
  commands: readonly Command[];
  /** Counts the request against its address; throws `rate_limited`. */
  limit(request: Request): Promise<unknown>;
  /** Routes of the commands, below /api/chat. */
  router: Hono<Env>;
  health: Hono;
  documents: Hono;
  /** Everything below /api/auth. */
  auth(request: Request): Promise<Response>;
  /** The socket; counts the request, too. Undefined once the connection was taken over. */
  upgrade(request: Request): Promise<Response | undefined>;
  /** The web chat; null where it has no such page. */
  page(request: Request): Response | null;
};

/** Everything that HTTP answers. A handshake that is good needs nothing of what the others pass, and comes in by the thousand. */
export function createHttp(options: HttpOptions): (request: Request) => Response | Promise<Response> {
  const app = routes(options);
  return (request) => (isHandshake(request) ? shakeHands(request) : app.fetch(request));

  async function shakeHands(request: Request): Promise<Response> {
    try {
      // Once the connection is a socket the answer is not looked at any more, and the socket tells of itself.
      return (await options.upgrade(request)) ?? new Response(null);
    } catch (error) {
      return app.fetch(request, { refused: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}

/** The runtime passes on whatever the Host header says: where that names no host, the routes say so. */
function isHandshake({ headers, url }: Request): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket' && SOCKET_URL.test(url) && URL.canParse(url);
}

/** In the order in which they are looked for. */
function routes(options: HttpOptions): Hono<Env> {
  const { config, answers } = options;
  const app = new Hono<Env>();

  app.use('*', async (c, next) => {
    const requestId = newId();
    const startedAt = performance.now();
    c.set('requestId', requestId);
    // The runtime passes on whatever the Host header says; what comes after this relies on an address.
    if (!URL.canParse(c.req.url)) return refuse(c, new CommandError('invalid_input', 'The Host header does not name a host.'));
    await next();
    // On the answer itself: `c.header` would copy it, its body as a stream.
    c.res.headers.set('X-Request-Id', requestId);
    if (!c.get('reported')) {
      const { method, path } = c.req;
      options.report.request({ method, path: withoutSecrets(path), status: c.res.status, requestId, ms: performance.now() - startedAt });
    }
  });
  app.use('/api/*', crossOrigin(config.allowedOrigins));
  app.use('/api/*', async (c, next) => {
    // A handshake was counted already.
    if (!c.env?.refused) await options.limit(c.req.raw);
    await next();
  });
  app.use(
    '/api/*',
    bodyLimit(config.requestMaxBytes, (c) => refuse(c, new CommandError('payload_too_large', `At most ${config.requestMaxBytes} bytes.`))),
  );

  // What we answer ourselves has its headers from the beginning.
  for (const path of ['/api/auth/*', '/api/openapi.json', '/api/asyncapi.json']) {
    app.use(path, async (c, next) => {
      await next();
      answers.dress(c.res);
    });
  }

  app.get(SOCKET_PATH, (c) => refuse(c, c.env?.refused ?? new CommandError('upgrade_required')));
  app.route('/api/chat', options.router);
  app.on(['GET', 'POST'], '/api/auth/*', async (c) => inOurShape(await options.auth(c.req.raw), c.get('requestId')));
  app.route('/', options.documents);
  app.route('/', options.health);

  const otherMethods = methodsByPath(options.commands);
  app.notFound((c) => {
    if (!c.req.path.startsWith('/api/')) return options.page(c.req.raw) ?? c.text('Not found', 404);
    const methods = otherMethods(c.req.path);
    if (methods.length === 0) return refuse(c, new CommandError('not_found', 'There is no such address; /api/docs lists them all.'));
    const answer = refuse(c, new CommandError('method_not_allowed', `This address answers to ${methods.join(', ')}.`));
    answer.headers.set('Allow', methods.join(', '));
    return answer;
  });
  // Whoever goes away in the middle of their request made no failure of ours.
  app.onError((error, c) => refuse(c, error.name === 'AbortError' ? new CommandError('invalid_json', 'The request broke off.') : error));
  return app;

  function refuse(c: Context<Env>, error: Error): Response {
    const requestId = c.get('requestId') ?? newId();
    const told = options.report.failed(error, { door: 'http', command: 'unknown', requestId, userId: null, ms: 0 });
    c.set('reported', true);
    return answers.error(told, requestId);
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
