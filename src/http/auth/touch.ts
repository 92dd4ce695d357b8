import { and, eq, isNull, lte, or } from 'drizzle-orm';
import { ORGANISATION_KEY } from '../../kernel/organisation-key.ts';
import type { Tables } from '../../kernel/ports.ts';
import { describe } from '../../kernel/report.ts';
import type { IdentityPorts } from './index.ts';

const DAY_MS = 24 * 3600_000;
const HOUR_MS = 3600_000;
const MINUTE_MS = 60_000;

/** How long a session is left alone before its end is moved on, in seconds. better-auth's `updateAge`. */
export function sessionUpdateAgeS(sessionMaxAgeS: number): number {
  return Math.min(DAY_MS / 1000, Math.floor(sessionMaxAgeS / 2));
}

/** Notes that a credential was used, seldom enough to cost nothing. What fails here fails nobody's request. */
export function createTouch({ store, clock, config, log }: Pick<IdentityPorts, 'store' | 'clock' | 'config' | 'log'>) {
  const { session, apikey } = store.tables;
  const maxAgeMs = config.sessionMaxAgeS * 1000;
  const updateAgeMs = sessionUpdateAgeS(config.sessionMaxAgeS) * 1000;

  async function quietly(write: () => Promise<unknown>, what: string): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      log.warn({ error: describe(error) }, what);
      return false;
    }
  }

  return {
    /**
     * A session ends after a time without use. Those that were made for less than the full time (not remembered,
     * impersonation) keep their end. Answers when the session ends now.
     */
    async session(row: Pick<Tables['session']['$inferSelect'], 'id' | 'expiresAt' | 'createdAt' | 'impersonatedBy'>): Promise<number> {
      const endsAt = row.expiresAt.getTime();
      const now = clock.now();
      const forFullTime = endsAt - row.createdAt.getTime() >= maxAgeMs - HOUR_MS && row.impersonatedBy === null;
      if (!forFullTime || endsAt - maxAgeMs + updateAgeMs > now) return endsAt;
      const set = { expiresAt: new Date(now + maxAgeMs), updatedAt: new Date(now) };
      const moved = await quietly(
        () =>
          store.tx((db) =>
            db
              .update(session)
              .set(set)
              .where(and(eq(session.id, row.id), eq(session.expiresAt, row.expiresAt))),
          ),
        'the end of a session was not moved',
      );
      return moved ? now + maxAgeMs : endsAt;
    },

    /** When the key was last used: that of an organisation to the minute, that of a person to the hour. */
    async apiKey(row: Tables['apikey']['$inferSelect']): Promise<void> {
      const now = clock.now();
      const before = new Date(now - (row.configId === ORGANISATION_KEY ? MINUTE_MS : HOUR_MS));
      if (row.lastRequest && row.lastRequest > before) return;
      await quietly(
        () =>
          store.tx((db) =>
            db
              .update(apikey)
              .set({ lastRequest: new Date(now) })
              // Of many that come at once, one writes.
              .where(and(eq(apikey.id, row.id), or(isNull(apikey.lastRequest), lte(apikey.lastRequest, before)))),
          ),
        'the use of an API key was not noted',
      );
    },
  };
}
