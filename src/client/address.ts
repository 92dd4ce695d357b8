import { identifyingHeaders, type Http } from './http.ts';
import type { Ports } from './ports.ts';
import type { KeptCredentials } from './session.ts';

/**
 * Where the socket connects, and how it says who we are: by the cookie that the browser sends along, by a header where the
 * platform takes one, else by a ticket that is good for one connection. A token is never part of the address.
 */
export function socketAddress(base: string, http: Http, credentials: KeptCredentials, { browser }: Pick<Ports, 'browser'>) {
  const url = `${base.replace(/^http/, 'ws')}/api/chat/ws`;
  return async (): Promise<{ url: string; headers: Record<string, string> }> => {
    const token = await credentials.token();
    if (token === null || !browser) return { url, headers: identifyingHeaders(base, token, credentials) };
    const { ticket } = await http.call('socket.ticket', {});
    return { url: `${url}?ticket=${encodeURIComponent(ticket)}`, headers: {} };
  };
}
