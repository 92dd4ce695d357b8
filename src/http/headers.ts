import { secureHeaders } from 'hono/secure-headers';
import type { Config } from '../config.ts';

type Policy = NonNullable<Parameters<typeof secureHeaders>[0]>['contentSecurityPolicy'];

/** Answers of the API are data: nothing in them is shown, run or framed. */
const dataOnly: Policy = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** The headers of everything below /api. A page there says what it loads. */
export function apiHeaders(config: Pick<Config, 'publicUrl'>, contentSecurityPolicy: Policy = dataOnly) {
  return secureHeaders({
    contentSecurityPolicy,
    strictTransportSecurity: config.publicUrl.startsWith('https:') ? 'max-age=31536000' : false,
    crossOriginResourcePolicy: 'cross-origin',
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
  });
}
