import { request as plain, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as secure } from 'node:https';
import { pipeline, type Duplex, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Clock } from '../../lib/clock.ts';
import { NotPublic, type Way } from '../../lib/outbound.ts';

export type Got = { url: URL; type: string; body: Buffer };
export type GetOptions = {
  clock: Clock;
  userAgent: string;
  timeoutMs: number;
  redirectsMax: number;
  way: Way;
};
type What = {
  /** For the Accept header, and what the answer must be. */
  types: readonly string[];
  /** Of the body when it is unpacked. */
  maxBytes: number;
  /** What is longer is read up to there, or is no answer. */
  longer: 'cut' | 'refuse';
};

/** Why there is no answer, without saying of what. */
export class NoAnswer extends Error {}

/**
 * A GET of what somebody outside named. Each address on the way is judged anew, redirects as well; one deadline counts for all of them together.
 * Bytes are counted after they are unpacked, as they come, so neither a page without end nor a small one that unpacks to a large one costs
 * more than the limit. No cookie, no credential and no Referer go with it.
 */
export function createGet({ clock, userAgent, timeoutMs, redirectsMax, way }: GetOptions) {
  return async (url: URL, what: What): Promise<Got> => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const patience = clock.after(timeoutMs, () => reject(new NoAnswer('late')));
    const open = new Set<ClientRequest>();
    try {
      return await Promise.race([follow(url, what, open), late]);
    } finally {
      patience.cancel();
      for (const request of open) request.destroy();
    }
  };

  async function follow(first: URL, what: What, open: Set<ClientRequest>): Promise<Got> {
    let url = first;
    for (let redirects = 0; redirects <= redirectsMax; redirects++) {
      if (!way.allows(url)) throw new NotPublic();
      const response = await ask(url, what, open);
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return { url, type: headers['content-type'] ?? '', body: await read(response, what) };
      response.resume();
      if (![301, 302, 303, 307, 308].includes(statusCode)) throw new NoAnswer(`status ${statusCode}`);
      const next = headers.location;
      if (next === undefined || !URL.canParse(next, url.href)) throw new NoAnswer('redirect to nowhere');
      url = new URL(next, url.href);
    }
    throw new NoAnswer('too many redirects');
  }

  function ask(url: URL, { types }: What, open: Set<ClientRequest>): Promise<IncomingMessage> {
    const headers = { 'user-agent': userAgent, accept: types.join(', '), 'accept-encoding': 'gzip, deflate, br' };
    const send = url.protocol === 'https:' ? secure : plain;
    return new Promise((answered, failed) => {
      const request = send(url, { headers, ...(way.lookup && { lookup: way.lookup }) }, answered);
      open.add(request);
      request.on('error', failed);
      request.end();
    });
  }
}

async function read(response: IncomingMessage, { types, maxBytes, longer }: What): Promise<Buffer> {
  const [type = ''] = (response.headers['content-type'] ?? '').split(';');
  if (!types.includes(type.trim().toLowerCase())) throw new NoAnswer('another type');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of unpacked(response)) {
    const bytes = chunk as Buffer;
    if (size + bytes.length > maxBytes) {
      if (longer === 'refuse') throw new NoAnswer('too long');
      chunks.push(bytes.subarray(0, maxBytes - size));
      break;
    }
    chunks.push(bytes);
    size += bytes.length;
  }
  return Buffer.concat(chunks);
}

function unpacked(response: IncomingMessage): Readable {
  const unpack = unpackerOf(response.headers['content-encoding']?.trim().toLowerCase() ?? '');
  // What breaks on the way breaks the loop that reads.
  return unpack ? pipeline(response, unpack, () => undefined) : response;
}

function unpackerOf(encoding: string): Duplex | null {
  switch (encoding) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new NoAnswer('another encoding');
  }
}
