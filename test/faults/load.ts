import { expect } from 'bun:test';
import { signUp, type Caller } from '../support/program.ts';

export type Sent = { clientId: string; content: string; who: number };
export type Acknowledged = Sent & { id: string; seq: number };
type Message = { id: string; seq: number; clientId: string | null; content: string; sender: { id: string } };

/** All of a long load at once would wait for each other beyond a short deadline. */
const REPEATS_AT_ONCE = 64;

/** People who send into one group as fast as they are answered, and remember what they were promised. `more`: what each message says besides. */
export async function createLoad(url: string, people: number, more = '') {
  const members = await Promise.all(Array.from({ length: people }, (_, i) => signUp(url, `Sender${i}`)));
  const [first, ...others] = members;
  if (!first) throw new Error('nobody sends');
  const made = await first.call('POST', '/conversations', { kind: 'group', title: 'Load', memberIds: others.map((member) => member.id) });
  const { id: conversationId } = (await made.json()) as { id: string };
  const attempted: Sent[] = [];
  const acknowledged: Acknowledged[] = [];
  /** How often the server refused, by the code of the error. */
  const refusals = new Map<string, number>();
  let slowestMs = 0;
  const awaited = new Set<{ count: number; resolve(): void }>();

  /** One message at a time, repeated while it is refused, as clients do; ends when the server does, or when `until` says so. */
  async function sendUntil(member: Caller, who: number, until: () => boolean): Promise<void> {
    while (!until()) {
      const sent: Sent = { clientId: crypto.randomUUID(), content: `${who}: ${attempted.length}${more}`, who };
      attempted.push(sent);
      let taken = await attempt(member, sent);
      while (taken === 'refused' && !until()) taken = await attempt(member, sent);
      if (taken === 'gone') return;
    }
  }

  async function attempt(member: Caller, sent: Sent): Promise<'taken' | 'refused' | 'gone'> {
    const startedAt = performance.now();
    const answer = await send(member, sent).catch(() => null);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    if (answer === null) return 'gone';
    const body = await answer.json().catch(() => null);
    if (answer.status === 201) {
      acknowledge({ ...sent, ...(body as { id: string; seq: number }) });
      return 'taken';
    }
    const code = (body as { error?: { code?: string } } | null)?.error?.code ?? String(answer.status);
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
    return 'refused';
  }

  function acknowledge(message: Acknowledged): void {
    acknowledged.push(message);
    for (const waiting of awaited) if (acknowledged.length >= waiting.count) waiting.resolve();
  }

  function send(member: Caller, { clientId, content }: Sent): Promise<Response> {
    return member.call('POST', `/conversations/${conversationId}/messages`, { clientId, content });
  }

  async function repeat(at: string, sent: Sent): Promise<Acknowledged> {
    const member = members[sent.who];
    if (!member) throw new Error('nobody sent this');
    const answer = await send(member.at(at), sent);
    if (answer.status !== 201) throw new Error(`a repeat answered ${answer.status}: ${await answer.text()}`);
    return { ...sent, ...((await answer.json()) as { id: string; seq: number }) };
  }

  return {
    members,
    attempted,
    acknowledged,
    refusals,
    /** The longest that anybody waited for an answer. */
    get slowestMs() {
      return slowestMs;
    },
    /** Resolves when so many messages have been acknowledged. */
    reached: (count: number): Promise<void> =>
      acknowledged.length >= count ? Promise.resolve() : new Promise((resolve) => awaited.add({ count, resolve })),
    runAt: (at: string, until: () => boolean): Promise<unknown> => Promise.all(members.map((member, who) => sendUntil(member.at(at), who, until))),
    /** Sends again everything that was ever tried, under the same names and to the same or another address. */
    async repeatAll(at: string): Promise<Acknowledged[]> {
      const repeated: Acknowledged[] = [];
      for (let from = 0; from < attempted.length; from += REPEATS_AT_ONCE)
        repeated.push(...(await Promise.all(attempted.slice(from, from + REPEATS_AT_ONCE).map((sent) => repeat(at, sent)))));
      return repeated;
    },
    /** The whole conversation as the server tells it, oldest first. */
    async history(at: string): Promise<Message[]> {
      const messages: Message[] = [];
      for (let after = 0; ;) {
        const page = await first.at(at).call('GET', `/conversations/${conversationId}/messages?after=${after}&limit=200`);
        const { items } = (await page.json()) as { items: Message[] };
        if (items.length === 0) return messages;
        messages.push(...items);
        after = items.at(-1)?.seq ?? after;
      }
    },
  };
}

export type Load = Awaited<ReturnType<typeof createLoad>>;

/** Everything acknowledged is there as it was told; everything tried is there once; the numbers have no holes. */
export async function expectKept(load: Load, url: string): Promise<void> {
  const kept = new Map((await load.history(url)).map((message) => [message.clientId, message]));
  for (const { clientId, id, seq, content } of load.acknowledged) expect(kept.get(clientId)).toMatchObject({ id, seq, content });

  const repeated = new Map((await load.repeatAll(url)).map((answer) => [answer.clientId, answer]));
  for (const { clientId, id, seq } of load.acknowledged) expect(repeated.get(clientId)).toMatchObject({ id, seq });
  const all = await load.history(url);
  expect(all.map((message) => message.seq)).toEqual(Array.from(all, (_, i) => i + 1));
  expect(all.map((message) => message.clientId).sort()).toEqual(load.attempted.map((sent) => sent.clientId).sort());
}

/** Resolves when it is so; looks again at every turn of the event loop. */
export async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setImmediate(resolve));
}
