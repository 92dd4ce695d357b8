import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  UnsecuredJWT,
  type JWTClaimVerificationOptions,
  type JWTPayload,
  type JWTVerifyGetKey,
  type ProtectedHeaderParameters,
} from 'jose';
import type { Config } from '../../config.ts';
import { fail } from '../../kernel/errors.ts';
import { describe } from '../../kernel/report.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { claims as claimsSchema, type Claims } from '../../wire/claims.ts';

type JwtConfig = Pick<
  Config,
  | 'jwtSecret'
  | 'jwtJwksUrl'
  | 'jwtIssuer'
  | 'jwtAudience'
  | 'jwtClockSkewS'
  | 'jwtRequireExpiry'
  | 'jwksTimeoutMs'
  | 'jwksCooldownMs'
  | 'jwksMaxAgeMs'
>;
type Verify = (token: string, options: JWTClaimVerificationOptions, header: ProtectedHeaderParameters) => Promise<JWTPayload>;
/** `expiresAt` in epoch milliseconds, the tolerated skew included; null for a token that names no end. */
export type VerifiedJwt = { claims: Claims; expiresAt: number | null };

/**
 * Verifies a JWT of the host application. A shared secret verifies HS256 and nothing else, a published key the
 * asymmetric algorithms and nothing else: otherwise anybody could sign with the text of a public key as the secret.
 * Throws `unauthenticated`, or `unavailable` while the keys cannot be fetched.
 */
export function createJwtVerifier({ config, clock, log }: { config: JwtConfig; clock: Clock; log: Log }): (token: string) => Promise<VerifiedJwt> {
  const bySecret = config.jwtSecret ? withSecret(config.jwtSecret) : null;
  const byPublishedKey = config.jwtJwksUrl ? withPublishedKeys(config.jwtJwksUrl, config) : null;
  if (!bySecret && !byPublishedKey) return () => fail('unauthenticated', 'JWTs are not accepted here: neither JWT_SECRET nor JWT_JWKS_URL is set.');

  return async (token) => {
    const header = headerOf(token);
    const verify = (header.alg === 'HS256' ? bySecret : byPublishedKey) ?? fail('unauthenticated', 'The algorithm of the JWT is not accepted.');
    const options = {
      requiredClaims: config.jwtRequireExpiry ? ['exp', 'sub'] : ['sub'],
      clockTolerance: config.jwtClockSkewS,
      currentDate: new Date(clock.now()),
      ...(config.jwtIssuer !== undefined && { issuer: config.jwtIssuer }),
      ...(config.jwtAudience !== undefined && { audience: config.jwtAudience }),
    };
    const payload = await verify(token, options, header).catch((error: unknown) => refuse(error, log));
    return { claims: claimsOf(payload), expiresAt: payload.exp === undefined ? null : (payload.exp + config.jwtClockSkewS) * 1000 };
  };
}

/** `{"alg":"none"}` */
const UNSECURED = 'eyJhbGciOiJub25lIn0';

/**
 * The signature is looked at here and now: the library would hand it to another thread, which costs a connect more than everything
 * else about the token. Once it is good the claims are the library's to judge, in the one form that it takes without a key.
 */
function withSecret(secret: string): Verify {
  const key = createSecretKey(secret, 'utf8');
  return async (token, options, { crit }) => {
    const [header = '', payload = '', signature = '', ...more] = token.split('.');
    const ours = Buffer.from(createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url'));
    const given = Buffer.from(signature);
    if (more.length > 0 || given.length !== ours.length || !timingSafeEqual(given, ours)) throw new errors.JWSSignatureVerificationFailed();
    // A header that must be understood, and is not.
    if (crit !== undefined) throw new errors.JOSENotSupported('crit');
    return UnsecuredJWT.decode(`${UNSECURED}.${payload}.`, options).payload;
  };
}

function withPublishedKeys(url: string, config: JwtConfig): Verify {
  const fetched = createRemoteJWKSet(new URL(url), {
    timeoutDuration: config.jwksTimeoutMs,
    cooldownDuration: config.jwksCooldownMs,
    cacheMaxAge: config.jwksMaxAgeMs,
  });
  const keys: JWTVerifyGetKey = (header, token) => fetched(header, token).catch((error: unknown) => toKeyFailure(error));
  return async (token, options) => (await jwtVerify(token, keys, { ...options, algorithms: ['RS256', 'ES256', 'EdDSA'] })).payload;
}

/** The keys could not be had, which says nothing about the token. */
class KeysUnavailable extends Error {}

function toKeyFailure(error: unknown): never {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
  throw new KeysUnavailable('no key set', { cause: error });
}

function headerOf(token: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return fail('unauthenticated', 'The JWT cannot be read.');
  }
}

function claimsOf(payload: JWTPayload): Claims {
  const parsed = claimsSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return fail('unauthenticated', `The JWT's claims are not valid: ${wrong.join('; ')}.`);
}

/** Tells the developer of the host application what is wrong, never what the token holds. */
function refuse(error: unknown, log: Log): never {
  if (error instanceof errors.JWTExpired) return fail('unauthenticated', 'The JWT has expired.');
  if (error instanceof errors.JWTClaimValidationFailed)
    return fail('unauthenticated', `The JWT's claim "${error.claim}" is missing or not accepted.`);
  if (error instanceof errors.JOSEAlgNotAllowed) return fail('unauthenticated', 'The algorithm of the JWT is not accepted.');
  if (error instanceof errors.JWKSNoMatchingKey) return fail('unauthenticated', 'No published key fits the JWT.');
  if (error instanceof errors.JWKSMultipleMatchingKeys) return fail('unauthenticated', 'Several published keys fit the JWT; name one with `kid`.');
  if (error instanceof KeysUnavailable) {
    log.warn({ error: describe(error) }, 'the keys at JWT_JWKS_URL cannot be fetched');
    return fail('unavailable', 'The keys that verify JWTs cannot be fetched now.', { retryAfter: 5 });
  }
  return fail('unauthenticated', 'The JWT is not valid.');
}
