import { tokenOf } from '../peer.ts';
import { createDevice, type Device, type Sent } from './device.ts';

const CONVERSATIONS = 50;
const MEMBERS = 4;
/** More than that waiting for an answer, and a person holds back. */
const PENDING_MAX = 50;

type Room = { id: string; owner: string; senders: Device[]; seqs: Set<number>; sent: number; heard: number; gaps: number };
/** What happened since the last look. */
export type Tally = { acknowledged: number; heldBack: number; heard: number; refused: Record<string, number>; latenciesMs: number[] };
const emptyTally = (): Tally => ({ acknowledged: 0, heldBack: 0, heard: 0, refused: {}, latenciesMs: [] });

/** Groups in which everybody writes. In each, one person only listens and is never cut: they hear every message once and in order. */
export async function createCrew(url: string) {
  let tally = emptyTally();
  const rooms: Room[] = [];
  const tokens: string[] = [];
  const listeners: Device[] = [];
  for (let n = 0; n < CONVERSATIONS; n++) rooms.push(await openRoom(n));
  let turn = 0;

  async function openRoom(n: number): Promise<Room> {
    const own = await Promise.all(Array.from({ length: MEMBERS }, (_, i) => tokenOf(`Person-${n}-${i}`)));
    tokens.push(...own);
    const people = await Promise.all(own.map((token) => call(url, token, 'GET', '/me')));
    const { id } = await call(url, own[0] ?? '', 'POST', '/conversations', {
      title: `Room ${n}`,
      memberIds: people.slice(1).map((person) => person.id),
    });
    const room: Room = { id, owner: own[0] ?? '', senders: [], seqs: new Set(), sent: 0, heard: 0, gaps: 0 };
    const nobody = { acknowledged: () => undefined, refused: () => undefined, heard: () => undefined, opened: () => undefined };
    listeners.push(createDevice(url, own[0] ?? '', { ...nobody, heard: (_, seq) => hear(room, seq) }));
    room.senders = own
      .slice(1)
      .map((token) => createDevice(url, token, { ...nobody, acknowledged: (message, seq) => acknowledge(room, message, seq), refused: refuse }));
    return room;
  }

  function hear(room: Room, seq: number): void {
    if (seq !== room.heard + 1) room.gaps++;
    room.heard = seq;
    tally.heard++;
  }

  function acknowledge(room: Room, { dueAt }: Sent, seq: number): void {
    room.seqs.add(seq);
    tally.acknowledged++;
    tally.latenciesMs.push(performance.now() - dueAt);
  }

  function refuse(code: string): void {
    tally.refused[code] = (tally.refused[code] ?? 0) + 1;
  }

  return {
    tokens,
    devices: rooms.flatMap((room) => room.senders),
    /** The next message, of whoever's turn it is. */
    sendOne(dueAt: number): void {
      const room = rooms[turn % rooms.length];
      const device = room?.senders[Math.floor(turn / rooms.length) % (MEMBERS - 1)];
      turn++;
      if (!room || !device) return;
      if (device.pending >= PENDING_MAX) return void tally.heldBack++;
      room.sent++;
      device.send({ conversationId: room.id, clientId: crypto.randomUUID(), dueAt });
    },
    take(): Tally {
      const taken = tally;
      tally = emptyTally();
      return taken;
    },
    /** Everything sent is acknowledged and was heard. */
    get settled(): boolean {
      return rooms.every(({ seqs, heard, sent }) => seqs.size === sent && heard === sent);
    },
    /** What is wrong with what is stored, once nothing is pending: everything sent is there once, and was heard. */
    async wrong(): Promise<string[]> {
      const all = rooms.map(async ({ id, owner, seqs, sent, heard, gaps }) => {
        const { lastSeq } = await call(url, owner, 'GET', `/conversations/${id}`);
        const right = lastSeq === sent && seqs.size === sent && heard === sent && gaps === 0;
        return right ? [] : [`${id}: ${sent} sent, ${seqs.size} acknowledged, ${lastSeq} stored, ${heard} heard, ${gaps} gaps`];
      });
      return (await Promise.all(all)).flat();
    },
    end: (): void => [...listeners, ...rooms.flatMap((room) => room.senders)].forEach((device) => device.end()),
  };
}

export type Crew = Awaited<ReturnType<typeof createCrew>>;

async function call(url: string, token: string, method: string, path: string, body?: object): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/chat${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
