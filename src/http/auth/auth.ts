import type { BetterAuthOptions } from 'better-auth';
import { betterAuth } from 'better-auth/minimal';
import type { DBAdapter } from 'better-auth/adapters';
import { newId } from '../../lib/id.ts';
import { cookieOptions } from './credentials.ts';
import { ADDRESS_HEADER, createGuard, type GuardOptions } from './guard.ts';
import type { IdentityPorts } from './index.ts';
import { authLogger } from './log.ts';
import { authShape } from './options.ts';
import { trustedOrigins } from './origin.ts';
import { sessionUpdateAgeS } from './touch.ts';

type AuthOptions = Pick<IdentityPorts, 'config' | 'secret' | 'log' | 'passwords'> & GuardOptions & { adapter(options: BetterAuthOptions): DBAdapter };
export type Auth = { handler(request: Request): Promise<Response> };

/**
 * better-auth, set up from our configuration. It reads some of its settings from the environment where an option is
 * absent, so those are all given. Its handler rejects with what our guard refused and with what nobody expected;
 * its own refusals it answers itself.
 */
export function createAuth(options: AuthOptions): Auth {
  const { config, log } = options;
  return betterAuth({
    ...authShape,
    plugins: authShape.plugins.filter((plugin) => config.guests || plugin.id !== 'anonymous'),
    appName: 'Chinwag',
    baseURL: new URL(config.publicUrl).origin,
    basePath: '/api/auth',
    secrets: [{ version: 1, value: options.secret }],
    trustedOrigins: (request) => trustedOrigins(request, config),
    database: options.adapter,
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 128, ...(options.passwords && { password: options.passwords }) },
    session: { expiresIn: config.sessionMaxAgeS, updateAge: sessionUpdateAgeS(config.sessionMaxAgeS) },
    hooks: { before: createGuard(options) },
    // Nothing of a session is for its holder to write, and nobody acts as somebody else without a trace.
    disabledPaths: ['/update-session', '/admin/impersonate-user', '/admin/stop-impersonating'],
    onAPIError: { throw: true },
    logger: authLogger(log),
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      ...cookieOptions(config),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: () => newId() },
      // In a test environment better-auth would leave these checks out.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
  });
}
