import fc from 'fast-check';
import { createModelClient, type ModelClient } from './model-client.ts';
import type { Door } from './person.ts';
import { conversationRow, messageRows, upTo } from './rows.ts';
import type { TestServer } from './server.ts';
import { connect } from './socket.ts';
import { storedFor } from './stored.ts';

/** One move of one client. Numbers pick from what there is at that moment, so that a shorter play still makes sense. */
export type Step = { who: number; what: What; where: number; pick: number; door: Door; then: 'wait' | 'go on' };
type What = keyof typeof weights;

const weights = {
  send: 10,
  reply: 2,
  repeat: 4,
  edit: 4,
  delete: 2,
  react: 3,
  'take back': 2,
  read: 3,
  deliver: 2,
  drop: 3,
  'come back': 4,
  sync: 1,
  remove: 2,
  add: 3,
  leave: 1,
  'change role': 1,
  rename: 1,
  'change posting': 1,
  'change history': 1,
  'reply in a thread': 3,
  mention: 1,
  pin: 1,
  unpin: 1,
  forward: 1,
  ask: 2,
  vote: 8,
  'close a poll': 1,
  hide: 2,
  draft: 1,
  mute: 1,
  block: 2,
  unblock: 2,
  'read notifications': 1,
  'want reactions': 1,
  'time passes': 4,
};

export const plays = fc.record({
  people: fc.integer({ min: 2, max: 4 }),
  steps: fc.array(
    fc.record<Step>({
      who: fc.nat(3),
      what: fc.oneof(...Object.entries(weights).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what as What) }))),
      where: fc.nat(1),
      pick: fc.nat(999),
      door: fc.constantFrom<Door>('http', 'socket'),
      then: fc.constantFrom('wait', 'go on', 'go on'),
    }),
    { minLength: 10, maxLength: 60 },
  ),
});

type Send = {
  client: ModelClient;
  input: Record<string, unknown> & { clientId: string; conversationId: string };
  answer: any;
  refusal: string | null;
};
/** `wrong`: something was lost, invented or told apart from what is stored. `disorder`: it came, but not in its order. */
export type Outcome = { wrong: unknown[]; disorder: string[] };

/** The first four fit a poll of one choice. */
const pollChoices = [[], ['1'], ['2'], ['3'], ['1', '2'], ['2', '3'], ['1', '3'], ['1', '2', '3']];

/** What a client may be told while its rights change under its hands. */
const EXPECTED = ['not_found', 'forbidden', 'conflict', 'invalid_input', 'client_id_conflict'];

/**
 * People in a group and in a direct conversation do as the steps say, at once where a step goes on. Afterwards everybody
 * comes back, repeats what was never answered, and must show exactly what is stored.
 */
export async function play(server: TestServer, people: number, steps: readonly Step[]): Promise<Outcome> {
  const clients = await Promise.all(upTo(people).map(async (n) => createModelClient(await server.person(`P${n}`), () => server.url)));
  const [owner, second] = clients as [ModelClient, ModelClient];
  const others = clients.slice(1).map((client) => client.person.userId);
  const group: string = (await owner.person.must('conversation.create', { title: 'Group', memberIds: others })).id;
  const direct: string = (await owner.person.must('conversation.create', { userId: second.person.userId })).id;
  const witness = await connect(`${server.url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${owner.person.token}` });
  const wrong: unknown[] = [];
  const sends: Send[] = [];

  await Promise.all(clients.map((client) => client.comeBack('http')));
  await perform();
  await letTimePass();
  await checkWitness();
  await checkClients(
    clients.filter((client) => client.connected),
    'listened',
  );
  await Promise.all(clients.filter((client) => !client.connected).map((client) => client.comeBack('socket')));
  for (const send of sends) if (send.answer === null) await trySend(send, 'http');
  await letTimePass();
  await checkClients(clients, 'came back');
  const fresh = clients.map((client) => createModelClient(client.person, () => server.url));
  await Promise.all(fresh.map((client, i) => client.comeBack(i % 2 === 0 ? 'socket' : 'http')));
  await checkClients(fresh, 'started afresh');
  await checkSends();
  await Promise.all([witness.close(), ...[...clients, ...fresh].map((client) => client.hangUp())]);
  return { wrong, disorder: clients.flatMap((client) => client.complaints) };

  async function perform(): Promise<void> {
    const running = new Set<Promise<void>>();
    for (const step of steps) {
      const task = act(step)
        // The connection went, and with it the answer: what came of it the client finds out by repeating.
        .catch((error: Error) => error.message.startsWith('the socket closed') || wrong.push(`${step.what}: ${error.stack}`))
        .then(() => void running.delete(task));
      running.add(task);
      if (step.then === 'wait') await Promise.all(running);
    }
    await Promise.all(running);
  }

  async function act({ who, what, where, pick, door }: Step): Promise<unknown> {
    const client = clients[who % clients.length] ?? owner;
    const conversationId = where === 0 || client !== second ? group : direct;
    client.pump();
    const messages = [...(client.held.get(conversationId)?.messages.values() ?? [])];
    const own = messages.filter((message) => message.sender.id === client.person.userId && message.type === 'text' && message.deletedAt === null);
    const polls = messages.filter((message) => message.type === 'poll');
    const chosen = <Item>(list: Item[]): Item | undefined => list[pick % Math.max(1, list.length)];
    switch (what) {
      case 'send':
        return begin(client, conversationId, door);
      case 'reply':
        return begin(client, conversationId, door, { replyToId: chosen(messages)?.id });
      case 'reply in a thread':
        return begin(client, conversationId, door, { threadId: chosen(messages.filter((message) => message.threadId === null))?.id });
      case 'mention':
        return begin(client, conversationId, door, { mentions: [pick % 3 === 0 ? 'all' : clients[pick % clients.length]?.person.userId] });
      case 'pin':
      case 'unpin':
        return ask(client, door, what === 'pin' ? 'pin.add' : 'pin.remove', { messageId: chosen(messages)?.id });
      case 'ask':
      case 'vote': {
        const poll = chosen(polls);
        if (what === 'vote' && poll) {
          const optionIds = pollChoices[pick % (poll.poll?.multiple ? 8 : 4)];
          return ask(client, door, 'poll.vote', { messageId: poll.id, optionIds });
        }
        const about = { question: `poll ${pick}`, options: ['a', 'b', 'c'], multiple: pick % 2 === 0, anonymous: pick % 3 > 0 };
        return ask(client, door, 'poll.create', { conversationId, clientId: `p${pick}`, ...about });
      }
      case 'close a poll':
        return ask(client, door, 'poll.close', { messageId: chosen(polls)?.id });
      case 'forward':
        return ask(client, door, 'message.forward', { messageId: chosen(messages)?.id, conversationId });
      case 'hide':
        return ask(client, door, 'message.delete', { messageId: chosen(messages)?.id, for: 'me' });
      case 'draft':
        return ask(client, door, 'draft.set', { conversationId, content: pick % 2 === 0 ? '' : `draft ${pick}` });
      case 'repeat': {
        const send = chosen(sends.filter((one) => one.client === client));
        return send && trySend(send, door);
      }
      case 'mute':
        return ask(client, door, 'membership.update', { conversationId, notify: ['all', 'mentions', 'none'][pick % 3], pinned: pick % 2 === 0 });
      case 'block':
      case 'unblock': {
        const other = chosen(clients.filter((one) => one !== client));
        return ask(client, door, what === 'block' ? 'block.add' : 'block.remove', { userId: other?.person.userId });
      }
      case 'read notifications':
        return ask(client, door, 'notification.read', { all: true });
      case 'want reactions':
        return ask(client, door, 'preference.update', { kinds: { reaction: { centre: pick % 4 > 0 } } });
      case 'time passes':
        return letTimePass();
      case 'edit':
        return ask(client, door, 'message.edit', { messageId: chosen(own)?.id, content: `edited ${pick}` });
      case 'delete':
        return ask(client, door, 'message.delete', { messageId: chosen(own)?.id });
      case 'react':
      case 'take back':
        return ask(client, door, what === 'react' ? 'reaction.add' : 'reaction.remove', {
          messageId: chosen(messages)?.id,
          emoji: ['👍', '🎉'][pick % 2],
        });
      case 'read':
      case 'deliver':
        return ask(client, door, what === 'read' ? 'read.mark' : 'delivered.mark', {
          conversationId,
          ...(pick % 3 > 0 && { seq: pick % (messages.length + 3) }),
        });
      case 'drop':
        return client.drop();
      case 'come back':
        return client.comeBack(door);
      case 'sync':
        return client.settle(door);
      case 'remove':
        return ask(owner, door, 'member.remove', { conversationId: group, userId: chosen(others) });
      case 'add':
        return ask(owner, door, 'member.add', { conversationId: group, userId: chosen(others) });
      case 'leave':
        return client === owner ? undefined : ask(client, door, 'member.remove', { conversationId: group, userId: 'me' });
      case 'change role':
        return ask(owner, door, 'member.update', { conversationId: group, userId: chosen(others), role: ['member', 'observer', 'admin'][pick % 3] });
      case 'rename':
        return ask(owner, door, 'conversation.update', { conversationId: group, title: `Title ${pick}` });
      case 'change history':
        return ask(owner, door, 'conversation.update', { conversationId: group, settings: { history: pick % 3 === 0 ? 'all' : 'joined' } });
      case 'change posting':
        return ask(owner, door, 'conversation.update', { conversationId: group, settings: { posting: pick % 4 === 0 ? 'admins' : 'members' } });
    }
  }

  /** Messages settle, and what they cause is done. */
  async function letTimePass(): Promise<void> {
    server.clock.advance(server.app.ports.config.messageSettleMs);
    await server.app.jobsDone();
  }

  async function ask(client: ModelClient, door: Door, name: string, input: Record<string, unknown>): Promise<void> {
    if ('messageId' in input && input.messageId === undefined) return;
    const answer = await client.call(door, name, input);
    if (!answer.ok && !EXPECTED.includes(answer.error.code)) wrong.push({ name, input, error: answer.error });
  }

  function begin(client: ModelClient, conversationId: string, door: Door, refers: Record<string, unknown> = {}): Promise<void> {
    const clientId = `c${sends.length}`;
    const send: Send = {
      client,
      input: { conversationId, clientId, content: `text ${clientId}`, ...refers },
      answer: null,
      refusal: null,
    };
    sends.push(send);
    return trySend(send, door);
  }

  async function trySend(send: Send, door: Door): Promise<void> {
    const answer = await send.client.call(door, 'message.send', send.input);
    if (answer.ok) {
      if (send.answer && (send.answer.id !== answer.data.id || send.answer.seq !== answer.data.seq))
        wrong.push({ what: 'a repeat was answered with another message', send: send.input, first: send.answer, then: answer.data });
      send.answer = answer.data;
    } else if (!EXPECTED.includes(answer.error.code)) {
      send.refusal = answer.error.code;
    }
  }

  /** The owner's other device heard every change of the group, each once. */
  async function checkWitness(): Promise<void> {
    const revs: number[] = [];
    await untilRight('not every change was announced once', async () => {
      for (const event of await witness.everything())
        if (event.conversationId === group && event.rev !== undefined && event.type !== 'conversation.created') revs.push(event.rev);
      const { rev } = await conversationRow(server.app.ports.store, group);
      return revs.toSorted((a, b) => a - b).join() !== upTo(rev).slice(1).join() && { revs, rev };
    });
  }

  async function checkClients(list: ModelClient[], when: string): Promise<void> {
    for (const [i, client] of list.entries()) {
      await untilRight(`${client.person.name} ${when} and shows something else than is stored`, async () => {
        await client.settle(i % 2 === 0 ? 'http' : 'socket');
        const truth = await storedFor(server.app.ports.store, client.person.userId);
        return !Bun.deepEquals(client.shows(), truth) && { shows: client.shows(), truth };
      });
    }
  }

  /** What was asked over a lost connection may still be under way. Whatever was missed for good stays missed, however often we look. */
  async function untilRight(what: string, look: () => Promise<object | false>): Promise<void> {
    let found: object | false = false;
    for (let n = 0; n < 50; n++) {
      found = await look();
      if (!found) return;
    }
    wrong.push({ what, ...found });
  }

  async function checkSends(): Promise<void> {
    const rows = (await Promise.all([group, direct].map((id) => messageRows(server.app.ports.store, id)))).flat();
    for (const id of [group, direct]) {
      const seqs = rows.filter((row) => row.conversationId === id).map((row) => row.seq);
      if (seqs.join() !== upTo((await conversationRow(server.app.ports.store, id)).lastSeq).join()) wrong.push({ what: 'seq has a hole', id, seqs });
    }
    for (const { client, input, answer, refusal } of sends) {
      const found = rows.filter(
        (row) => row.conversationId === input.conversationId && row.senderId === client.person.userId && row.clientId === input.clientId,
      );
      if (found.length > 1 || (answer && (found[0]?.id !== answer.id || found[0]?.seq !== answer.seq)))
        wrong.push({ what: 'not stored once as answered', input, answer, found });
      if (refusal && found.length > 0) wrong.push({ what: `refused with ${refusal}, though it is stored`, input, found });
    }
  }
}
