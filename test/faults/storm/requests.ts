import { fill, type OddRequest, type Scene } from '../../support/odd-input.ts';
import { objectText } from '../../support/junk.ts';
import type { Random } from './random.ts';

/** A request as it goes over the wire. `whole`: its end can be told, so the connection serves for another one. */
export type Raw = { bytes: Buffer; whole: boolean; headOnly: boolean };
type Plain = { method: string; address: string; headers: [string, string][]; body: Buffer };

export function plainCommand(
  { route, fields, method, path, query, body, contentType, idempotencyKey }: OddRequest,
  scene: Scene,
  token: string,
): Plain {
  const named = Object.fromEntries(fields);
  const valueOf = (name: string): string =>
    fill(named[name] ?? '"{group}"', scene)
      .replace(/^"|"$/g, '')
      .slice(0, 500);
  const address = route.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(path === null ? valueOf(name).toWellFormed() : fill(path, scene).toWellFormed()),
  );
  const verb = method ?? [route.method].flat()[0]?.toUpperCase() ?? 'GET';
  const reads = verb === 'GET' || verb === 'HEAD';
  const search = query ?? (reads ? new URLSearchParams(fields.map(([name]) => [name, valueOf(name)])).toString() : '');
  return {
    method: verb,
    address: `/api/chat${address}?${search}`,
    headers: [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', contentType ?? 'application/json'],
      ...(idempotencyKey === null ? [] : [['Idempotency-Key', idempotencyKey] satisfies [string, string]]),
    ],
    body: reads ? Buffer.alloc(0) : Buffer.from(fill(body ?? objectText(fields), scene)),
  };
}

type AuthRequest = { path: string; method: string; query: string; body: string };

export function plainAuth({ path, method, query, body }: AuthRequest, scene: Scene, token: string): Plain {
  return {
    method,
    address: `${path}?${query}`,
    headers: [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
    ],
    body: method === 'GET' || method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(fill(body, scene)),
  };
}

const BOUNDARY = 'x-boundary';
const types = [
  '',
  'multipart/form-data',
  `multipart/form-data; boundary=${BOUNDARY}`,
  'application/json; charset=utf-16',
  'application/x-ndjson',
  'é/ü',
  '\u0001',
];
const wounds: ((plain: Plain, random: Random) => Plain)[] = [
  (plain, random) => ({ ...plain, body: random.hurt(plain.body) }),
  (plain, random) => ({ ...plain, headers: plain.headers.map(([name, value]) => [name, name === 'Content-Type' ? random.pick(types) : value]) }),
  (plain, random) => ({
    ...plain,
    headers: plain.headers.map(([name, value]) => [name, name === 'Authorization' ? random.hurt(Buffer.from(value)).toString('hex') : value]),
  }),
  (plain) => ({ ...plain, headers: [['Content-Type', types[2] ?? ''], ...plain.headers.slice(0, 1)], body: multipart(plain.body) }),
  (plain, random) => ({ ...plain, headers: [...plain.headers, ['X-Long', 'x'.repeat(1 + random.below(30_000))]] }),
  (plain, random) => ({
    ...plain,
    headers: [...plain.headers, ...Array.from({ length: random.below(300) }, (_, n): [string, string] => [`X-${n}`, 'y'])],
  }),
  (plain, random) => ({ ...plain, address: plain.address + random.pick(['%', '%00', '%ff%fe', '&limit=1&limit=2', '#', '/../..', '?'.repeat(500)]) }),
  (plain, random) => ({ ...plain, body: Buffer.from('[{"a":'.repeat(1 + random.below(20_000))) }),
  (plain) => ({ ...plain, headers: [...plain.headers, ['Cookie', 'better-auth.session_token=%00; a; =; chinwag=\t']] }),
  (plain) => ({ ...plain, headers: plain.headers.slice(1) }),
];

function multipart(body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="\u0000"\r\n\r\n`),
    body,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

/** One of three is hurt before it is sent, one of forty so that nobody can tell where it ends. */
export function toRaw(sound: Plain, random: Random): Raw {
  const plain = random.below(3) === 0 ? random.pick(wounds)(sound, random) : sound;
  const headOnly = plain.method === 'HEAD';
  if (random.below(40) === 0) return { bytes: random.hurt(encode(plain)), whole: false, headOnly };
  if (plain.body.length > 0 && random.below(20) === 0) return { bytes: encodeInChunks(plain, random), whole: true, headOnly };
  return { bytes: encode(plain), whole: true, headOnly };
}

const oneLine = (text: string): string => text.replace(/[\r\n]/g, '');
const headOf = ({ method, address, headers }: Plain, length: [string, string]): Buffer =>
  Buffer.from(
    [
      `${method} ${oneLine(address).replace(/ /g, '+')} HTTP/1.1`,
      'Host: localhost',
      ...[...headers, length].map(([name, value]) => `${name}: ${oneLine(value)}`),
      '\r\n',
    ].join('\r\n'),
  );

const encode = (plain: Plain): Buffer => Buffer.concat([headOf(plain, ['Content-Length', String(plain.body.length)]), plain.body]);

function encodeInChunks(plain: Plain, random: Random): Buffer {
  const pieces: Buffer[] = [headOf(plain, ['Transfer-Encoding', 'chunked'])];
  for (let at = 0; at < plain.body.length;) {
    const piece = plain.body.subarray(at, at + 1 + random.below(200));
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}
