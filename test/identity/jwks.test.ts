import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK } from 'jose';
import { readConfig, type ConfigInput } from '../../src/config.ts';
import { createJwtVerifier } from '../../src/http/auth/jwt.ts';
import { createLog } from '../../src/lib/log.ts';
import { createFakeClock } from '../support/clock.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

describe('published keys', () => {
  const clock = createFakeClock();
  const lines: string[] = [];
  const pairs = new Map<string, Pair>();
  let published: JWK[] = [];
  let fetches = 0;
  let answer: () => Response = () => Response.json({ keys: published });
  const host = Bun.serve({ port: 0, fetch: () => (fetches++, answer()) });
  afterAll(() => host.stop(true));

  const verifier = (config: ConfigInput = {}) =>
    createJwtVerifier({
      config: readConfig({ jwtJwksUrl: `http://127.0.0.1:${host.port}/jwks`, ...config }, {}),
      clock,
      log: createLog('debug', (line) => lines.push(line)),
    });
  const sign = (kid: string, alg: string, key?: Pair['privateKey'] | Uint8Array) =>
    new SignJWT({ sub: 'ann' })
      .setProtectedHeader({ alg, kid })
      .setExpirationTime(Math.floor(clock.now() / 1000) + 60)
      .sign(key ?? pairs.get(kid)?.privateKey ?? new Uint8Array());

  beforeAll(async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA', 'PS256']) {
      const pair = await generateKeyPair(alg, { extractable: true });
      pairs.set(alg, pair);
      published.push({ ...(await exportJWK(pair.publicKey)), kid: alg });
    }
  });

  test('verify RS256, ES256 and EdDSA, and no other algorithm', async () => {
    const verify = verifier();
    for (const alg of ['RS256', 'ES256', 'EdDSA']) expect((await verify(await sign(alg, alg))).claims.sub).toBe('ann');
    await expect(verify(await sign('PS256', 'PS256'))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('are no secrets: a token signed with the text of a public key is refused, with and without a shared secret', async () => {
    const pem = new TextEncoder().encode(
      await exportSPKI(
        pairs.get('RS256')?.publicKey ??
          (() => {
            throw new Error('no key');
          })(),
      ),
    );
    const forged = await sign('RS256', 'HS256', pem);
    await expect(verifier()(forged)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(verifier({ jwtSecret: 'x'.repeat(32) })(forged)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('that are symmetric verify nothing', async () => {
    const secret = new TextEncoder().encode('a secret that somebody published');
    published.push({ kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'oct', alg: 'HS256' });
    await expect(verifier()(await sign('oct', 'HS256', secret))).rejects.toMatchObject({ code: 'unauthenticated' });
    published = published.filter((key) => key.kty !== 'oct');
  });

  test('and a shared secret each verify their own algorithms', async () => {
    const verify = verifier({ jwtSecret: 'the shared secret of this test, long' });
    const shared = await sign('-', 'HS256', new TextEncoder().encode('the shared secret of this test, long'));
    expect((await verify(shared)).claims.sub).toBe('ann');
    expect((await verify(await sign('ES256', 'ES256'))).claims.sub).toBe('ann');
  });

  test('are fetched once, however many tokens name unknown keys', async () => {
    const verify = verifier();
    fetches = 0;
    await verify(await sign('ES256', 'ES256'));
    for (let i = 0; i < 5; i++)
      await expect(verify(await sign(`unknown-${i}`, 'ES256', pairs.get('ES256')?.privateKey))).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(fetches).toBe(1);
  });

  test('that cannot be fetched make the token unavailable, not wrong', async () => {
    const token = await sign('ES256', 'ES256');
    for (const broken of [() => new Response(null, { status: 500 }), () => new Response('<html>'), () => Response.json({ nokeys: true })]) {
      answer = broken;
      await expect(verifier()(token)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 5 });
    }
    answer = () => Response.json({ keys: published });
    await expect(verifier({ jwtJwksUrl: 'http://127.0.0.1:1/jwks' })(token)).rejects.toMatchObject({ code: 'unavailable' });
    expect(lines.join()).toContain('the keys at JWT_JWKS_URL cannot be fetched');
    expect(lines.join()).not.toContain(token);
  });
});
