import type { Clock } from '../lib/clock.ts';
import { createLru } from '../lib/lru.ts';
import type { Actor } from '../kernel/actor.ts';
import { CommandError } from '../kernel/errors.ts';
import type { TicketPort } from '../kernel/ports.ts';

type Ticket = { actor: Actor; token: string | null; expiresAt: number };

/** One-time secrets for sockets of clients that cannot send headers. In this process's memory, each for seconds. */
export function createTickets(clock: Clock, ttlMs: number, max: number): TicketPort & { redeem(ticket: string): Omit<Ticket, 'expiresAt'> } {
  const tickets = createLru<Ticket>(max);
  return {
    issue(actor, token) {
      const ticket = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
      const expiresAt = clock.now() + ttlMs;
      tickets.set(ticket, { actor, token, expiresAt });
      return { ticket, expiresAt };
    },
    redeem(ticket) {
      const found = tickets.get(ticket);
      tickets.delete(ticket);
      if (!found || found.expiresAt <= clock.now())
        throw new CommandError('unauthenticated', 'The ticket was used, is too old or never existed; get another one.');
      return found;
    },
  };
}
