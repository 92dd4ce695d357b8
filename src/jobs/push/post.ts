import { request as plain, type IncomingMessage } from 'node:http';
import { request as secure, type RequestOptions } from 'node:https';
import type { Clock } from '../../lib/clock.ts';
import { publicLookup } from '../../lib/outbound.ts';

export type Posted = { status: number; retryAfter: string | undefined };
type Post = { url: URL; headers: Record<string, string>; body: Buffer; timeoutMs: number; allowPrivate: boolean };

/**
 * One POST to an address that somebody outside gave us. Redirects are answers like any other. Whoever has not
 * answered in time, or sends an answer without end, is cut off.
 */
export function post(clock: Clock, { url, headers, body, timeoutMs, allowPrivate }: Post): Promise<Posted> {
  return new Promise((answered, failed) => {
    const options: RequestOptions = { method: 'POST', headers, ...(!allowPrivate && { lookup: publicLookup() }) };
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
