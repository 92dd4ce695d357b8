import type { Server } from 'bun';

/**
 * The client's address. Behind a proxy that we trust it is what the proxy says: Fly-Client-IP, or the last entry of
 * X-Forwarded-For, which the nearest proxy wrote itself (the ones before it come from the client and may be invented).
 */
export function clientAddress<Data>(request: Request, trustProxy: boolean, server: Server<Data> | null): string {
  if (trustProxy) {
    const told = request.headers.get('fly-client-ip') ?? request.headers.get('x-forwarded-for')?.split(',').at(-1);
    if (told?.trim()) return told.trim();
  }
  return server?.requestIP(request)?.address ?? 'unknown';
}
