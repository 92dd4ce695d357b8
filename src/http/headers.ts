import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Config } from '../config.ts';
import { forOtherOrigins } from './cross-origin.ts';

type Policy = NonNullable<Parameters<typeof secureHeaders>[0]>['contentSecurityPolicy'];

/** Answers of the API are data: nothing in them is shown, run or framed. */
const dataOnly: Policy = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** The headers of everything below /api. They are the same for all, so they are made once, as one object. */
export async function apiHeaders(config: Pick<Config, 'publicUrl'>): Promise<Headers> {
  const { headers } = await new Hono()
    .use(pageHeaders(config))
    .get('/', (c) => c.body(null))
    .request('/');
  for (const [name, value] of Object.entries(forOtherOrigins)) headers.set(name, value);
  return headers;
}

/** For a page below /api, which says what it loads. */
export function pageHeaders(config: Pick<Config, 'publicUrl'>, contentSecurityPolicy: Policy = dataOnly) {
  return secureHeaders({
    contentSecurityPolicy,
    strictTransportSecurity: config.publicUrl.startsWith('https:') ? 'max-age=31536000' : false,
    crossOriginResourcePolicy: 'cross-origin',
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
  });
}
