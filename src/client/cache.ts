import type { Me } from '../wire/person.ts';
import { limits } from './limits.ts';
import type { PendingMessage } from './state.ts';
import type { KeptConversation, KeptPerson, Owner, Storage, Transaction } from './storage.ts';

export type Kept = { owner: Owner; person: KeptPerson; conversations: KeptConversation[]; outbox: PendingMessage[] };

/** What became of a state since the last save. Null: it is gone. */
export type Change = {
  userId: string;
  epoch: { before: string | null; now: string | null };
  person: KeptPerson | null;
  conversations: ReadonlyMap<string, KeptConversation | null>;
  outbox: ReadonlyMap<string, PendingMessage | null>;
};

/**
 * What is kept of one server on this device, for one person at a time. Every transaction looks first whose things are there, so
 * that a tab which is late with a save never brings back what another one has wiped.
 */
export function createCache(storage: Storage) {
  return {
    /** Null where there is nothing to show at once. Prunes what is beyond the limits. */
    load: (): Promise<Kept | null> => storage.transact(load),

    /** From now on the things of this person are kept. Answers what they had written and not sent. */
    adopt: (me: Me, credential: string | null): Promise<PendingMessage[]> => storage.transact((tx) => adopt(tx, me, credential)),

    save: (change: Change): Promise<void> => storage.transact((tx) => save(tx, change)),

    /** `all but the outbox`: what was written and not sent waits for its author. */
    wipe: (what: 'everything' | 'all but the outbox'): Promise<void> =>
      storage.transact(async (tx) => {
        await tx.clear('person');
        await tx.clear('conversations');
        if (what === 'all but the outbox') return;
        await tx.clear('outbox');
        await tx.clear('owner');
      }),
  };
}

export type Cache = ReturnType<typeof createCache>;

async function load(tx: Transaction): Promise<Kept | null> {
  const owner = await tx.get('owner', 'owner');
  const person = await tx.get('person', 'person');
  if (!owner || !person) return null;
  const all = (await tx.getAll('conversations')).sort((a, b) => activityOf(b) - activityOf(a));
  for (const { conversation } of all.splice(limits.keptConversations)) await tx.delete('conversations', conversation.id);
  const beyond = all.filter(({ timeline }) => timeline !== null).slice(limits.keptTimelines);
  for (const kept of beyond) {
    kept.timeline = null;
    await tx.put('conversations', kept.conversation.id, kept);
  }
  return { owner, person, conversations: all, outbox: inOrder(await tx.getAll('outbox')) };
}

async function adopt(tx: Transaction, me: Me, credential: string | null): Promise<PendingMessage[]> {
  const owner = await tx.get('owner', 'owner');
  const theirs = owner?.userId === me.id;
  if (!theirs) for (const table of ['person', 'conversations', 'outbox'] as const) await tx.clear(table);
  await tx.put('owner', 'owner', { userId: me.id, credential, epoch: theirs ? owner.epoch : null });
  if (!(await tx.get('person', 'person'))) await tx.put('person', 'person', { me, aheadMs: 0, notifications: null, blocks: null });
  return inOrder(await tx.getAll('outbox'));
}

async function save(tx: Transaction, change: Change): Promise<void> {
  const owner = await tx.get('owner', 'owner');
  // Without a person they have signed out; what they write afterwards is nobody's.
  if (owner?.userId !== change.userId || !(await tx.get('person', 'person'))) return;
  for (const [clientId, pending] of change.outbox) await (pending ? tx.put('outbox', clientId, pending) : tx.delete('outbox', clientId));
  if (change.person) await tx.put('person', 'person', change.person);
  if (!(await meetEpoch(tx, owner, change.epoch))) return;
  for (const [id, kept] of change.conversations) await (kept ? putLater(tx, id, kept) : tx.delete('conversations', id));
}

/** What was kept of the data before a restore is worth nothing, and a tab that has not heard of the restore has nothing to say. */
async function meetEpoch(tx: Transaction, owner: Owner, { before, now }: Change['epoch']): Promise<boolean> {
  if (owner.epoch === now) return true;
  // Who knew of none before has just heard it from the server.
  if (owner.epoch !== null && before !== null && owner.epoch !== before) return false;
  await tx.clear('conversations');
  await tx.put('owner', 'owner', { ...owner, epoch: now });
  return true;
}

/** Another tab may be further, or read a history that we do not. */
async function putLater(tx: Transaction, id: string, mine: KeptConversation): Promise<void> {
  const theirs = await tx.get('conversations', id);
  if (theirs && (theirs.rev > mine.rev || (theirs.timeline !== null && mine.timeline === null))) return;
  await tx.put('conversations', id, mine);
}

const activityOf = ({ conversation }: KeptConversation): number => conversation.lastMessageAt ?? conversation.createdAt;

function inOrder(outbox: PendingMessage[]): PendingMessage[] {
  return outbox.sort((a, b) => a.createdAt - b.createdAt || a.clientId.localeCompare(b.clientId));
}
