import { createHmac } from 'node:crypto';
import { JobFailed } from '../../kernel/jobs.ts';
import type { PushPort } from '../../kernel/ports.ts';
import type { Clock } from '../../lib/clock.ts';
import { NotPublic } from '../../lib/outbound.ts';
import { mayBePublic } from '../../lib/public-address.ts';
import type { VapidKeys } from './keys.ts';
import { post, type Posted } from './post.ts';

type Options = {
  clock: Clock;
  keys: VapidKeys;
  /** An address under which the push services reach whoever runs this: RFC 8292 wants one. */
  subject: string;
  allowPrivate: boolean;
  timeoutMs: number;
  ttlS: number;
};

/** RFC 8030: at most 32 characters of URL-safe base64. */
const TOPIC_BYTES = 24;

/** Web Push (RFC 8030, 8188, 8291, 8292) to the push services of the browsers. */
export function createPush({ clock, keys, subject, allowPrivate, timeoutMs, ttlS }: Options): PushPort {
  const vapidDetails = { ...keys, subject };

  /** What belongs together without telling the push service which conversation it is, or that two people are in the same. */
  function topicOf(collapse: string): string {
    return createHmac('sha256', keys.privateKey).update(collapse).digest().subarray(0, TOPIC_BYTES).toString('base64url');
  }

  function refuses(endpoint: string): string | null {
    if (!URL.canParse(endpoint)) return 'must be a URL';
    const { protocol, hostname, username, password } = new URL(endpoint);
    if (username !== '' || password !== '') return 'must be without a password';
    if (allowPrivate) return protocol === 'https:' || protocol === 'http:' ? null : 'must be an https URL';
    if (protocol !== 'https:') return 'must be an https URL';
    return mayBePublic(hostname) ? null : 'must be an address on the internet';
  }

  return {
    publicKey: keys.publicKey,
    refuses,
    async send({ endpoint, p256dh, auth }, payload, { collapse, urgency }) {
      if (refuses(endpoint) !== null) throw new JobFailed('push address not allowed', { final: true });
      const url = new URL(endpoint);
      // Loaded with the first push: most of the time nobody needs it at the start.
      const { generateRequestDetails } = await import('web-push');
      const { headers, body } = generateRequestDetails({ endpoint: url.href, keys: { p256dh, auth } }, payload, {
        vapidDetails,
        TTL: ttlS,
        topic: topicOf(collapse),
        urgency,
      });
      return outcomeOf(await post(clock, { url, headers: texts(headers), body, timeoutMs, allowPrivate }).catch(unreachable), clock.now());
    },
  };
}

function outcomeOf({ status, retryAfter }: Posted, now: number): 'delivered' | 'gone' {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 404 || status === 410) return 'gone';
  const final = status !== 429 && status < 500;
  throw new JobFailed(`push answered ${status}`, { final, retryAfterMs: waitOf(retryAfter, now) });
}

/** The address stays out of it: whoever has it can push to that browser. */
function unreachable(error: unknown): never {
  if (error instanceof NotPublic) throw new JobFailed('push address not allowed', { final: true });
  throw new JobFailed('push unanswered');
}

/** RFC 9110: seconds, or a date. */
function waitOf(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return 0;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function texts(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
