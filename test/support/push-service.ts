import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';

/** What a browser got: decrypted with its own keys, from somebody who signed with the key that it subscribed to. */
export type Pushed = { data: any; topic: string | null; ttl: number; urgency: string | null; key: string; subject: string };
type Answer = Response | Promise<Response>;

export type Browser = {
  /** As `PushSubscription.toJSON()` gives it. */
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
  pushed: Pushed[];
  /** The next push that nobody has waited for yet. */
  next(): Promise<Pushed>;
  /** What the service says to the next push instead of 201. */
  answer(answer: () => Answer): void;
};

/** A push service as the browsers' vendors run them, and the browsers that listen to it. It throws at whatever does not follow RFC 8030, 8188, 8291 and 8292. */
export function startPushService(hostname = '127.0.0.1') {
  const doors = new Map<string, (request: Request) => Promise<Response>>();
  const problems: unknown[] = [];
  const server = Bun.serve({
    port: 0,
    hostname,
    async fetch(request) {
      const open = doors.get(new URL(request.url).pathname);
      if (!open) return new Response(null, { status: 410 });
      try {
        return await open(request);
      } catch (error) {
        problems.push(error);
        return new Response(null, { status: 400 });
      }
    },
  });
  const origin = `http://${hostname}:${server.port}`;

  function browser(): Browser {
    const pair = createECDH('prime256v1');
    const p256dh = pair.generateKeys();
    const auth = randomBytes(16);
    const path = `/push/${crypto.randomUUID()}`;
    const pushed: Pushed[] = [];
    const answers: (() => Answer)[] = [];
    let waiting = Promise.withResolvers<void>();
    let seen = 0;
    doors.set(path, async (request) => {
      const { key, subject } = await verified(request, origin);
      const data: unknown = JSON.parse(decrypted(Buffer.from(await request.arrayBuffer()), pair, p256dh, auth));
      const { headers } = request;
      pushed.push({ data, topic: headers.get('topic'), ttl: Number(headers.get('ttl')), urgency: headers.get('urgency'), key, subject });
      waiting.resolve();
      waiting = Promise.withResolvers();
      return answers.shift()?.() ?? new Response(null, { status: 201 });
    });
    return {
      subscription: { endpoint: `${origin}${path}`, keys: { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') } },
      pushed,
      async next() {
        for (;;) {
          const push = pushed[seen];
          if (push) {
            seen++;
            return push;
          }
          await waiting.promise;
        }
      },
      answer: (answer) => void answers.push(answer),
    };
  }

  return {
    origin,
    browser,
    /** Ends it. Throws what was wrong with any request. */
    async stop(): Promise<void> {
      await server.stop(true);
      if (problems.length > 0) throw new AggregateError(problems, `${problems.length} pushes broke the protocol: ${String(problems[0])}`);
    },
  };
}

export type PushService = ReturnType<typeof startPushService>;

/** RFC 8292: signed by the key that it names, for this service, not for long. */
async function verified(request: Request, audience: string): Promise<{ key: string; subject: string }> {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
  const point = Buffer.from(key, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const { payload } = await jwtVerify(token, await importJWK(jwk, 'ES256'), { audience, algorithms: ['ES256'], requiredClaims: ['exp', 'sub'] });
  if ((payload.exp ?? 0) > Date.now() / 1000 + 24 * 3600) throw new Error('a token for more than a day');
  if (request.headers.get('content-encoding') !== 'aes128gcm') throw new Error('not aes128gcm');
  return { key, subject: payload.sub ?? '' };
}

/** RFC 8291 over RFC 8188, one record. */
function decrypted(body: Buffer, own: ReturnType<typeof createECDH>, ownPublic: Buffer, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const theirs = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  if (record.length > recordSize || body.length > 4096) throw new Error('larger than push services take');
  const derive = (secret: Uint8Array, by: Buffer, info: Buffer, length: number): Buffer => Buffer.from(hkdfSync('sha256', secret, by, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ownPublic, theirs]);
  const secret = derive(own.computeSecret(theirs), auth, info, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  return padded.subarray(0, end).toString('utf8');
}
