import type { Config } from '../../config.ts';
import { fail } from '../../kernel/errors.ts';

type OriginConfig = Pick<Config, 'publicUrl' | 'allowedOrigins'>;

/**
 * Browsers send the session cookie along with requests that other sites cause. What such a request may do is decided
 * by `Origin`, which a page cannot forge: it must be ours, one that the operator listed, or the very host that the
 * request went to (the same page under another name, such as 127.0.0.1). A request without `Origin` passes only where
 * the browser does not say that another site caused it; programs that are no browsers send neither header.
 */
export function requireOrigin(request: Request, config: OriginConfig): void {
  const origin = request.headers.get('origin');
  if (origin !== null) return isAllowed(origin, request, config) ? undefined : fail('origin_refused');
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') fail('origin_refused');
}

/** The origins whose pages may use the cookie in this request. */
export function trustedOrigins(request: Request | undefined, config: OriginConfig): string[] {
  const own = request && ownOrigin(request, config);
  return [new URL(config.publicUrl).origin, ...config.allowedOrigins, ...(own ? [own] : [])];
}

function isAllowed(origin: string, request: Request, config: OriginConfig): boolean {
  return trustedOrigins(request, config).includes(origin);
}

/** The origin whose page the request came from, when that is the host that it went to. With a public https address only https counts. */
function ownOrigin(request: Request, config: OriginConfig): string | null {
  const origin = request.headers.get('origin') ?? '';
  if (!URL.canParse(origin)) return null;
  const { protocol, host } = new URL(origin);
  if (protocol !== 'https:' && (protocol !== 'http:' || config.publicUrl.startsWith('https:'))) return null;
  return host === (request.headers.get('host') ?? new URL(request.url).host) ? origin : null;
}
