import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config.ts';

/** What a request shows about who sends it. Never logged. `actAs` is in whose name the holder of a key wants to act. */
export type Credential = Shown & { actAs?: string };
type Shown =
  /** A session's token with our signature behind it: the cookie, or the `set-auth-token` header given back as a bearer. */
  | { kind: 'signed-session'; value: string; byCookie: boolean }
  /** A bearer without a dot: a session's bare token, or an API key. */
  | { kind: 'opaque'; value: string }
  | { kind: 'api-key'; value: string }
  | { kind: 'jwt'; value: string };

const COOKIE_PREFIX = 'chinwag';
const CREDENTIAL_MAX_CHARACTERS = 8_192;
export const ACT_AS_HEADER = 'Act-As';

/** better-auth names its cookies like this; `__Secure-` makes browsers insist on https. */
export const cookieOptions = (config: Pick<Config, 'publicUrl'>) => ({
  cookiePrefix: COOKIE_PREFIX,
  useSecureCookies: config.publicUrl.startsWith('https:'),
});

export function sessionCookieName(config: Pick<Config, 'publicUrl'>): string {
  return `${config.publicUrl.startsWith('https:') ? '__Secure-' : ''}${COOKIE_PREFIX}.session_token`;
}

export function isCookie(credential: Credential): boolean {
  return credential.kind === 'signed-session' && credential.byCookie;
}

/** A header counts before the cookie. Null: the request shows nothing. */
export function credentialOf(request: Request, cookieName: string): Credential | null {
  const { headers } = request;
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(headers.get('authorization') ?? '')?.[1];
  const found =
    (bearer && bearerCredential(bearer)) || apiKeyCredential(headers.get('x-api-key')) || cookieCredential(headers.get('cookie'), cookieName);
  const actAs = headers.get(ACT_AS_HEADER);
  if (!found || found.value.length + (actAs?.length ?? 0) > CREDENTIAL_MAX_CHARACTERS) return null;
  return actAs === null ? found : { ...found, actAs };
}

function bearerCredential(value: string): Shown {
  if (isJwt(value)) return { kind: 'jwt', value };
  return value.includes('.') ? { kind: 'signed-session', value: percentDecoded(value), byCookie: false } : { kind: 'opaque', value };
}

function apiKeyCredential(value: string | null): Shown | null {
  return value ? { kind: 'api-key', value } : null;
}

function cookieCredential(header: string | null, name: string): Shown | null {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.trim().split(/=(.*)/s);
    if (key === name && value) return { kind: 'signed-session', value: percentDecoded(value), byCookie: true };
  }
  return null;
}

/** Three parts, the first of which is a JSON object with `alg`. */
function isJwt(value: string): boolean {
  const parts = value.split('.');
  if (parts.length !== 3) return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString());
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}

function percentDecoded(value: string): string {
  try {
    return value.includes('%') ? decodeURIComponent(value) : value;
  } catch {
    return value;
  }
}

/** The token before the signature, or null where the signature is not ours: `token.base64(HMAC-SHA256(secret, token))`, as better-call signs cookies. */
export function sessionTokenOf(value: string, secret: string): string | null {
  const dot = value.lastIndexOf('.');
  const token = value.slice(0, dot);
  const given = Buffer.from(value.slice(dot + 1), 'base64');
  const ours = createHmac('sha256', secret).update(token).digest();
  return given.length === ours.length && timingSafeEqual(given, ours) ? token : null;
}
