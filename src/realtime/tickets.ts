import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import type { Actor } from '../kernel/actor.ts';
import { CommandError } from '../kernel/errors.ts';
import type { TicketPort } from '../kernel/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/id.ts';
import { createLru } from '../lib/lru.ts';

type Options = {
  clock: Clock;
  ttlMs: number;
  /** How many used tickets are remembered. */
  max: number;
  /** The same in every process of the installation. */
  secret: string;
  /** The other processes are to refuse it, too. */
  used(id: string): void;
};
const sealed = z.object({ id: z.string(), token: z.string(), actAs: z.string().optional(), expiresAt: z.number() });
/** What the socket is opened with, as if it had been shown in headers. */
export type Redeemed = { token: string; actAs: string | null };

/**
 * One-time secrets for sockets of clients that cannot send headers, each for seconds. A ticket is the credential itself, encrypted,
 * so any process can redeem what another one gave; which were used is remembered here and told to the others.
 */
export function createTickets({ clock, ttlMs, max, secret, used }: Options) {
  const key = new Bun.CryptoHasher('sha256', secret).update('socket tickets').digest();
  const spent = createLru<true>(max);

  const port: TicketPort = {
    async issue({ userId, grant }: Actor, token) {
      const expiresAt = clock.now() + ttlMs;
      const actAs = grant && grant.botId !== userId ? userId : undefined;
      const ticket = await new EncryptJWT({ id: newId(), token, actAs, expiresAt }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key);
      return { ticket, expiresAt };
    },
  };

  return {
    ...port,
    /** Throws `unauthenticated` where it is none of ours, too old, or was used. */
    async redeem(ticket: string): Promise<Redeemed> {
      const { id, token, actAs, expiresAt } = await open(ticket);
      const leftMs = expiresAt - clock.now();
      // Clocks of machines differ a little; one that was given out before the clock was set back would be good for hours.
      if (leftMs <= 0 || leftMs > 2 * ttlMs || spent.has(id)) return refuse();
      spend(id);
      used(id);
      return { token, actAs: actAs ?? null };
    },
    spend,
  };

  function spend(id: string): void {
    spent.set(id, true);
  }

  async function open(ticket: string) {
    try {
      const { payload } = await jwtDecrypt(ticket, key, { keyManagementAlgorithms: ['dir'] });
      return sealed.parse(payload);
    } catch {
      return refuse();
    }
  }
}

const refuse = (): never => {
  throw new CommandError('unauthenticated', 'The ticket was used, is too old or never existed; get another one.');
};
