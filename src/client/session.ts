import type { Me } from '../wire/person.ts';
import { ChinwagError, codeOf, Disconnected } from './error.ts';
import { readError } from './frames.ts';
import { failure, readBody, type Http } from './http.ts';
import type { Ports } from './ports.ts';

export type Account = { name: string; email: string; password: string };

/** A refusal of /api/auth. `code` is better-auth's own, for example `INVALID_EMAIL_OR_PASSWORD`, or one of our table. */
export class AuthError extends Error {
  readonly code: string;
  /** Milliseconds to wait; 0 where the server did not say. */
  readonly retryAfterMs: number;

  constructor(code: string, message: string, retryAfterMs = 0) {
    super(message);
    this.name = 'AuthError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export type Token = string | (() => string | Promise<string>);

/**
 * Who we are. In a browser the session lives in a cookie that scripts cannot read, and no token is kept anywhere. Elsewhere
 * it is a bearer token in memory: the one handed in, or the one that signing in answered with.
 */
export function createCredentials({ token: given, cookie, actAs }: { token?: Token; cookie?: string; actAs?: string }) {
  let token: Token | null = given ?? null;
  return {
    cookie: cookie ?? null,
    keep: (next: string | null): void => void (token = next),
    /** Rejects as `disconnected` where a fresh one cannot be fetched: that is tried again like any request. */
    async token(): Promise<string | null> {
      if (typeof token !== 'function') return token;
      try {
        return await token();
      } catch (error) {
        throw error instanceof ChinwagError ? error : new Disconnected(error instanceof Error ? error.message : undefined);
      }
    },
    /** The header with which a key acts as somebody else. */
    inName: (): Record<string, string> => (actAs === undefined ? {} : { 'act-as': encodeURIComponent(actAs) }),
    get present() {
      return token !== null;
    },
  };
}

export type KeptCredentials = ReturnType<typeof createCredentials>;

export function createSession(http: Http, credentials: KeptCredentials, { browser }: Pick<Ports, 'browser'>) {
  async function post(path: string, body: Record<string, unknown>): Promise<void> {
    const response = await http.send('POST', `/api/auth/${path}`, body);
    if (!response.ok) throw refusal(response, await readBody(response));
    const token = response.headers.get('set-auth-token');
    if (!browser && token !== null) credentials.keep(token);
  }

  return {
    signUp: (account: Account): Promise<void> => post('sign-up/email', account),
    signIn: (account: Pick<Account, 'email' | 'password'>): Promise<void> => post('sign-in/email', account),

    async signOut(): Promise<void> {
      await post('sign-out', {});
      credentials.keep(null);
    },

    /** Null when nobody is signed in. Asks in a way that is no error for somebody who is not. */
    async whoAmI(): Promise<Me | null> {
      if (!credentials.present) {
        if (!browser && credentials.cookie === null) return null;
        const response = await http.send('GET', '/api/auth/get-session');
        const session = await readBody(response);
        if (!response.ok) throw failure(response, session);
        if (session === null) return null;
      }
      try {
        return await http.call('person.me', {});
      } catch (error) {
        if (codeOf(error) === 'unauthenticated' || codeOf(error) === 'banned') return null;
        throw error;
      }
    },
  };
}

export type Session = ReturnType<typeof createSession>;

/** better-auth's own code, which is the more telling one, or that of our table where the request never came so far. */
function refusal(response: Response, body: unknown): AuthError {
  const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1000;
  const { code, message } = codeIn(body) ?? codeIn(readError(body)) ?? { code: 'internal', message: `The server answered ${response.status}.` };
  return new AuthError(code, message, retryAfterMs);
}

function codeIn(body: unknown): { code: string; message: string } | null {
  if (typeof body !== 'object' || body === null || !('code' in body) || typeof body.code !== 'string') return null;
  return { code: body.code, message: 'message' in body ? String(body.message) : body.code };
}
