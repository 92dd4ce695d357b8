import { lookup as resolve } from 'node:dns';
import { request as plain, type IncomingMessage } from 'node:http';
import { request as secure, type RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Clock } from '../../lib/clock.ts';
import { isPublicAddress } from '../../lib/public-address.ts';

export type Posted = { status: number; retryAfter: string | undefined };
type Post = { url: URL; headers: Record<string, string>; body: Buffer; timeoutMs: number; allowPrivate: boolean };

export class NotPublic extends Error {}

/**
 * One POST to an address that somebody outside gave us. The addresses that its name resolves to are checked and then connected
 * to, so that a name cannot lead elsewhere between the two. Redirects are answers like any other. Whoever has not
 * answered in time, or sends an answer without end, is cut off.
 */
export function post(clock: Clock, { url, headers, body, timeoutMs, allowPrivate }: Post): Promise<Posted> {
  return new Promise((answered, failed) => {
    const options: RequestOptions = { method: 'POST', headers, ...(!allowPrivate && { lookup: publicLookup }) };
    const send = url.protocol === 'https:' ? secure : plain;
    const sent = send(url, options, (response: IncomingMessage) => {
      response.on('error', () => undefined);
      response.on('close', () => patience.cancel());
      response.resume();
      answered({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
    });
    const patience = clock.after(timeoutMs, () => {
      const late = new Error('no answer in time');
      sent.destroy(late);
      failed(late);
    });
    sent.on('error', (error) => {
      patience.cancel();
      failed(error);
    });
    sent.end(body);
  });
}

const publicLookup: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error) done(error, '', 0);
    else if (!first || !addresses.every(({ address }) => isPublicAddress(address))) done(new NotPublic(), '', 0);
    else if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  });
};
