import type { Server } from 'bun';
import type { Actor } from '../kernel/actor.ts';
import { CommandError } from '../kernel/errors.ts';
import { createGate } from '../lib/gate.ts';
import type { Credential, SocketData } from './session.ts';
import type { SocketDoor } from './socket.ts';
import type { Redeemed } from './tickets.ts';

type Known = { actor: Actor; token: string | null };
type Options = {
  door: SocketDoor;
  /** The listening server; null before it listens. */
  server(): Server<SocketData> | null;
  /** Counts the connection against its address; throws `rate_limited`. */
  limit(request: Request): Promise<unknown>;
  /** For one more, when so many others are on their way in. */
  hasRoom(opening: number): boolean;
  /** How many are looked up at the same time. */
  atOnce: number;
  resolve(request: Request): Promise<Known>;
  redeem(ticket: string): Promise<Redeemed>;
};

/**
 * Lets a connection in. Who is not known hears a close code, which is all that the script of a browser can see; only a
 * foreign origin is refused before the upgrade, because that page should learn nothing.
 */
export function createUpgrade({
  door,
  server,
  limit,
  hasRoom,
  atOnce,
  resolve,
  redeem,
}: Options): (request: Request) => Promise<Response | undefined> {
  const gate = createGate(atOnce);
  let opening = 0;

  return async (request) => {
    await limit(request);
    const listening = server();
    if (!listening || !hasRoom(opening)) throw new CommandError('unavailable', 'No more connections here now.', { retryAfter: 5 });
    opening++;
    // When everybody comes back at once, those who are here already are served in between.
    return gate(() => letIn(request, listening)).finally(() => opening--);
  };

  async function letIn(request: Request, listening: Server<SocketData>): Promise<Response | undefined> {
    try {
      const ticket = request.url.includes('?') ? new URL(request.url).searchParams.get('ticket') : null;
      const shown = ticket === null ? request : requestFor(await redeem(ticket), request);
      const { actor, token } = await resolve(shown);
      return await door.admit(request, listening, { actor, credential: credentialOf(shown, token) });
    } catch (error) {
      if (!(error instanceof CommandError) || (error.code !== 'unauthenticated' && error.code !== 'banned')) throw error;
      return door.refuse(request, listening, error.code === 'banned' ? 4003 : 4001);
    }
  }
}

/** As if what the ticket stands for had been shown in headers. */
function requestFor({ token, actAs }: Redeemed, { url }: Request): Request {
  return new Request(url, { headers: { authorization: `Bearer ${token}`, ...(actAs !== null && { 'act-as': actAs }) } });
}

const KEPT_HEADERS = ['authorization', 'cookie', 'origin', 'x-api-key', 'act-as', 'host'];

/** What is kept of the request, to ask again later who it is. */
function credentialOf(request: Request, token: string | null): Credential {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return { headers, token };
}

/** The request as it would come again. */
export function requestWith({ headers }: Credential, publicUrl: string): Request {
  return new Request(`${publicUrl}/api/chat/ws`, { headers });
}
