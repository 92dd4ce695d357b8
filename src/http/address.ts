import type { Server } from 'bun';
import type { Config } from '../config.ts';

/**
 * The client's address. Behind a proxy that we trust it is what the proxy says: on Fly a header of its own, elsewhere the last entry of
 * X-Forwarded-For, which the nearest proxy wrote itself (the ones before it come from the client and may be invented).
 */
export function clientAddress<Data>(request: Request, trusted: Config['trustProxy'], server: Server<Data> | null): string {
  const told = toldBy(trusted, request.headers)?.trim();
  return told || (server?.requestIP(request)?.address ?? 'unknown');
}

/** Whose points a request takes. One customer of a network holds a whole /64 of IPv6, so that counts as one address. */
export function addressKey(address: string): string {
  if (!address.includes(':') || address.toLowerCase().startsWith('::ffff:')) return address;
  const [front = '', back] = address.split('::');
  const groups = front.split(':').filter(Boolean);
  if (back === undefined) return groups.slice(0, 4).join(':');
  const tail = back.split(':').filter(Boolean);
  const missing = Array.from({ length: Math.max(0, 8 - groups.length - tail.length) }, () => '0');
  return [...groups, ...missing, ...tail].slice(0, 4).join(':');
}

function toldBy(trusted: Config['trustProxy'], headers: Headers): string | null | undefined {
  if (trusted === 'fly') return headers.get('fly-client-ip');
  return trusted === 'forwarded' ? headers.get('x-forwarded-for')?.split(',').at(-1) : null;
}
