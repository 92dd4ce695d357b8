import type { Call, CommandName } from './commands.ts';
import { routes } from './commands.ts';
import { ChinwagError, Disconnected } from './error.ts';
import { readError } from './frames.ts';
import type { Ports } from './ports.ts';

export type Credentials = {
  /** For the Authorization header; null where the browser's cookie does it. */
  token(): Promise<string | null>;
  /** For the Cookie header, outside of browsers. */
  cookie: string | null;
  /** In whose name, beside it. */
  inName(): Record<string, string>;
};

export type Http = ReturnType<typeof createHttp>;

const TIMEOUT_MS = 20_000;

/** The HTTP door. `send` is for anything, `call` for commands. */
export function createHttp(base: string, ports: Pick<Ports, 'fetch' | 'browser'>, credentials: Credentials) {
  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    const token = await credentials.token();
    const headers = identifyingHeaders(base, token, credentials);
    // Node says of itself that it fetches like a page; pages have an origin, without which nobody signs in.
    if (!ports.browser && path.startsWith('/api/auth/')) headers['origin'] = base;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
    if (ports.browser) init.credentials = token === null ? 'include' : 'omit';
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      return await ports.fetch(`${base}${path}`, init);
    } catch (error) {
      throw new Disconnected(error instanceof Error ? error.message : undefined);
    }
  }

  // The answer has the shape that the command's schema promises; the cast below is where it gets its type.
  const call: Call = async (name, input) => {
    const { method, path, body } = request(name, input);
    const response = await send(method, `/api/chat${path}`, body);
    const answer = await readBody(response);
    if (!response.ok) throw failure(response, answer);
    return answer as never;
  };

  return { send, call };
}

export function identifyingHeaders(base: string, token: string | null, { cookie, inName }: Credentials): Record<string, string> {
  // A cookie counts only from an origin that the server knows; its own is one.
  if (token === null) return cookie === null ? {} : { cookie, origin: base };
  return { authorization: `Bearer ${token}`, ...inName() };
}

/** Puts the input where the route wants it: path parameters, then the query of a GET or the body of the others. */
export function request(name: CommandName, input: Record<string, unknown>): { method: string; path: string; body?: Record<string, unknown> } {
  const route = routes[name];
  if (route === null) throw new Disconnected('This needs the socket.');
  const [method = '', template = ''] = route.split(' ');
  const rest = { ...input };
  const path = template.replace(/:(\w+)/g, (_, key: string) => {
    const value = String(rest[key]);
    delete rest[key];
    return encodeURIComponent(value);
  });
  if (method !== 'GET' && method !== 'DELETE') return { method, path, body: rest };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) query.set(key, String(value));
  }
  return { method, path: query.size > 0 ? `${path}?${query}` : path };
}

export async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function failure(response: Response, body: unknown): ChinwagError {
  const error = readError(body);
  if (error) return new ChinwagError(error);
  const message = `The server answered ${response.status}.`;
  if (response.status === 401) return new ChinwagError({ code: 'unauthenticated', message });
  if (response.status === 429)
    return new ChinwagError({ code: 'rate_limited', message, retryAfter: Number(response.headers.get('retry-after') ?? 1) });
  return response.status >= 500 ? new ChinwagError({ code: 'unavailable', message }) : new ChinwagError({ code: 'conflict', message });
}
