import { newId } from '../lib/id.ts';
import type { Call } from './command.ts';
import type { Db, Ports } from './ports.ts';

/** What a writing command is about, as the audit tells it. */
export type Subject = {
  /** Where absent: the organisation of the key, else the actor's own. */
  orgId?: string;
  conversationId?: string;
  /** The messages, people or keys that it was done to: one entry each. */
  targetIds?: readonly string[];
};

/** `always` is for what administrators do, key or not. */
export type Audited = { action: string; always: boolean };

/**
 * Enters what was done with a key, in the transaction in which it is done. The pipeline calls this, so that no command can
 * forget it. Sends are entered from the stored message, which carries the key from the insert on; see docs/permissions.md.
 */
export async function enterAudit(db: Db, ports: Ports, { actor, requestId }: Call, { action, always }: Audited, subject: Subject): Promise<void> {
  if (actor.apiKeyId === null && !always) return;
  const orgId = subject.orgId ?? actor.grant?.orgId ?? actor.homeOrgId;
  // Whoever is in no organisation has nobody who could read it.
  if (orgId === null) return;
  const entry = {
    orgId,
    action,
    actorId: actor.userId,
    apiKeyId: actor.apiKeyId,
    conversationId: subject.conversationId ?? null,
    requestId,
    createdAt: ports.clock.now(),
  };
  const targets = subject.targetIds && subject.targetIds.length > 0 ? subject.targetIds : [null];
  await db.insert(ports.store.tables.audit).values(targets.map((targetId) => ({ ...entry, id: newId(), targetId })));
}
