import type { Answer, Door } from './person.ts';
import type { TestEvent } from './socket.ts';

type Call = (door: Door, name: string, input: Record<string, unknown>) => Promise<Answer>;
type Notice = { kind: string; conversationId: string; messageId: string | null; read: boolean };

/**
 * What is a person's own on all their devices, as a client keeps it: what each conversation is to them, whom they block, what they
 * were notified of. None of it has a `rev`. So whatever is told while an answer is on its way is applied once more after it.
 */
export function createModelOwn(call: Call) {
  const memberships = new Map<string, unknown>();
  const blocked = new Set<string>();
  const notices = new Map<string, Notice>();
  const told: TestEvent[] = [];

  function apply(event: TestEvent): void {
    told.push(event);
    take(event);
  }

  function take({ type, conversationId = '', data }: TestEvent): void {
    if (type === 'membership.updated') memberships.set(conversationId, ownOf(data));
    if (type === 'block.added') blocked.add(data.userId);
    if (type === 'block.removed') blocked.delete(data.userId);
    if (type === 'notification.created') notices.set(data.id, noticeOf(data));
    if (type === 'notification.removed') for (const id of data.ids) notices.delete(id);
    if (type === 'notification.read') for (const id of data.ids) markRead(id);
  }

  function markRead(id: string): void {
    const notice = notices.get(id);
    if (notice) notices.set(id, { ...notice, read: true });
  }

  async function everyPage(door: Door, name: string): Promise<any[]> {
    const items: any[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const answer = await call(door, name, { limit: 3, ...(cursor && { cursor }) });
      if (!answer.ok) throw new Error(`${name} failed: ${JSON.stringify(answer.error)}`);
      items.push(...answer.data.items);
      ({ cursor } = answer.data);
    }
    return items;
  }

  return {
    apply,
    /** To be handed back with what is asked for now. */
    now: (): number => told.length,
    /** An answer that was asked for at `asked`; everything that has come by now was applied before. */
    put(asked: number, id: string, own: Record<string, unknown>): void {
      memberships.set(id, ownOf(own));
      for (const event of told.slice(asked)) if (event.type === 'membership.updated' && event.conversationId === id) take(event);
    },
    /** After a hello. `pump` applies what has come meanwhile. */
    async fetch(door: Door, pump: () => void): Promise<void> {
      const asked = told.length;
      const [blocks, items] = [await everyPage(door, 'block.list'), await everyPage(door, 'notification.list')];
      pump();
      blocked.clear();
      notices.clear();
      for (const { userId } of blocks) blocked.add(userId);
      for (const item of items) notices.set(item.id, noticeOf(item));
      for (const event of told.slice(asked)) if (event.type !== 'membership.updated') take(event);
    },
    membership: (id: string): unknown => memberships.get(id),
    shows: () => ({
      blocked: [...blocked].sort(),
      notices: [...notices].map(([id, notice]) => ({ id, ...notice })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    }),
  };
}

function ownOf({ membership, capabilities, peer }: Record<string, any>): unknown {
  const { role, notify, mutedUntil, pinned, archived, draft, nextSendAt, joinedAt } = membership;
  return { role, notify, mutedUntil, pinned, archived, draft, nextSendAt, joinedAt, capabilities, peerId: peer?.id ?? null };
}

const noticeOf = ({ kind, conversationId, messageId, readAt }: any): Notice => ({ kind, conversationId, messageId, read: readAt !== null });
