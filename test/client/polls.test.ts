import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { findMessage, pollOf, type Client } from '../../src/client/index.ts';
import { usePoll } from '../../src/client/react/index.ts';
import type { Message } from '../../src/wire/messages.ts';
import type { Poll } from '../../src/wire/polls.ts';
import { givePage, renderHook } from '../support/hooks.tsx';
import { conversation, createFakeServer, deferred, me, message, quiet, Refusal, type FakeServer } from './fake-server.ts';

/** A poll with so many votes for each option. */
function polled(rev: number, votes: [number, number], change: Partial<Poll> = {}): Message {
  const options = votes.map((count, i) => ({ id: `${i + 1}`, text: `option ${i + 1}`, votes: count }));
  const poll = { options, multiple: false, anonymous: true, closesAt: null, closedAt: null, voters: votes[0] + votes[1], ...change };
  return message(2, { rev, type: 'poll', poll });
}

const capabilities = { edit: false, delete: true, reply: true, react: true, forward: true };
const updated = (data: Message) => ({ type: 'message.updated', conversationId: 'c', rev: data.rev, data }) as const;
const voted = (...optionIds: string[]) => ({ type: 'poll.voted', conversationId: 'c', data: { messageId: 'm2', optionIds } }) as const;

async function connected(server: FakeServer, first = polled(3, [2, 1], { mine: ['2'] })): Promise<Client> {
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [conversation(2)], cursor: null }));
  server.on('message.list', () => ({ items: [first], cursor: null }));
  const client = await server.connected();
  await client.openConversation('c');
  return client;
}

function held(client: Client): Message {
  const found = findMessage(client.get(), 'c', 'm2');
  if (!found) throw new Error('The poll is not there.');
  return found;
}

function shown(client: Client) {
  const { options = [], voters, mine } = pollOf(client.get(), held(client)) ?? {};
  return { votes: options.map((option) => option.votes), voters, mine };
}

describe('a vote', () => {
  test('is shown at once, counted once when the server tells it, and stays', async () => {
    const server = createFakeServer();
    const answer = deferred<Message & { capabilities: typeof capabilities }>();
    server.on('poll.vote', () => answer.promise);
    const client = await connected(server);
    const voting = client.vote(held(client), ['1']);
    const now = { votes: [3, 0], voters: 3, mine: ['1'] };
    expect(shown(client)).toEqual(now);
    server.push(voted('1'));
    server.push(updated(polled(4, [3, 0])));
    expect(shown(client)).toEqual(now);
    answer.resolve({ ...polled(4, [3, 0], { mine: ['1'] }), capabilities });
    await voting;
    expect([shown(client), client.get().votes.size]).toEqual([now, 0]);
    expect(server.inputs('poll.vote')).toEqual([{ messageId: 'm2', optionIds: ['1'] }]);
  });

  test('that is refused is shown no longer, with what others voted meanwhile', async () => {
    const server = createFakeServer();
    const answer = deferred<never>();
    server.on('poll.vote', () => answer.promise);
    const client = await connected(server);
    const voting = client.vote(held(client), []);
    expect(shown(client)).toEqual({ votes: [2, 0], voters: 2, mine: [] });
    server.push(updated(polled(4, [3, 1])));
    expect(shown(client)).toEqual({ votes: [3, 0], voters: 3, mine: [] });
    answer.reject(new Refusal('conflict'));
    expect(await voting.catch((error: { code: string }) => error.code)).toBe('conflict');
    expect(shown(client)).toEqual({ votes: [3, 1], voters: 4, mine: ['2'] });
  });

  test('that was changed before the answer came is the later one', async () => {
    const server = createFakeServer();
    const [one, two] = [deferred<unknown>(), deferred<unknown>()];
    server.on('poll.vote', ({ optionIds }) => (String(optionIds) === '1' ? one.promise : two.promise));
    const client = await connected(server, polled(3, [0, 0], { mine: [] }));
    const first = client.vote(held(client), ['1']);
    const second = client.vote(held(client), ['2']);
    one.resolve({ ...polled(4, [1, 0], { mine: ['1'] }), capabilities });
    await first;
    expect(shown(client)).toEqual({ votes: [0, 1], voters: 1, mine: ['2'] });
    two.resolve({ ...polled(5, [0, 1], { mine: ['2'] }), capabilities });
    await second;
    expect(shown(client)).toEqual({ votes: [0, 1], voters: 1, mine: ['2'] });
  });

  test('on another device of ours is known here, and the votes of others leave it as it is', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(voted('1'));
    server.push(updated(polled(4, [3, 0])));
    server.push(updated(polled(5, [3, 1])));
    expect(shown(client)).toEqual({ votes: [3, 1], voters: 4, mine: ['1'] });
  });
});

test('names in the poll tell our own vote as well', () => {
  const named = polled(3, [1, 1]);
  const options = (named.poll?.options ?? []).map((option, i) => ({ ...option, userIds: [i === 0 ? 'bob' : me.id] }));
  const poll = { ...named.poll, options, multiple: true, anonymous: false, closesAt: null, closedAt: null, voters: 2 };
  const votes = new Map([['m2', ['1', '2']]]);
  expect(pollOf({ me, votes: new Map() }, { ...named, poll })?.mine).toEqual(['2']);
  expect(pollOf({ me, votes }, { ...named, poll })?.options.map(({ userIds }) => userIds)).toEqual([['bob', me.id], [me.id]]);
});

describe('a poll that is asked', () => {
  const draft = { question: 'When?', options: ['a', 'b'] };
  const stored = ({ clientId }: Record<string, unknown>) => ({ ...polled(4, [0, 0]), id: 'm3', seq: 3, clientId, sender: me, capabilities });

  test('is on its way like a message, in its order, and is stored under its name', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const sent = deferred<unknown>();
    server.on('message.send', () => sent.promise);
    server.on('poll.create', stored);
    client.send('c', { content: 'before' });
    const { clientId } = client.createPoll('c', draft);
    const asked = { options: ['a', 'b'], multiple: false, anonymous: false, closesAt: null };
    expect(client.get().outbox.get('c')).toMatchObject([{ content: 'before' }, { content: 'When?', status: 'pending', poll: asked }]);
    await quiet();
    expect(server.inputs('poll.create')).toEqual([]);
    sent.resolve({ ...message(9, { sender: me }), capabilities });
    await quiet();
    expect(server.inputs('poll.create')).toEqual([{ conversationId: 'c', clientId, ...draft, multiple: false, anonymous: false }]);
    expect(findMessage(client.get(), 'c', 'm3')?.seq).toBe(3);
    expect(client.get().outbox.size).toBe(0);
  });

  test('is tried again under the same name, and what is refused can be sent again or discarded', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const refusals = [new Refusal('unavailable'), new Refusal('forbidden'), new Refusal('forbidden')];
    server.on('poll.create', (input) => {
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return stored(input);
    });
    const { clientId } = client.createPoll('c', { ...draft, multiple: true, closesAt: 5, threadId: 'm2', alsoToConversation: true });
    await quiet();
    server.clock.advance(1_000);
    await quiet();
    expect(client.get().outbox.get('c')).toMatchObject([{ clientId, status: 'failed', error: 'forbidden' }]);
    client.retry('c', clientId);
    await quiet();
    expect(client.get().outbox.get('c')).toMatchObject([{ clientId, status: 'failed' }]);
    client.retry('c', clientId);
    await quiet();
    const input = {
      conversationId: 'c',
      clientId,
      ...draft,
      multiple: true,
      anonymous: false,
      closesAt: 5,
      threadId: 'm2',
      alsoToConversation: true,
    };
    expect(server.inputs('poll.create')).toEqual([input, input, input, input]);
    expect(client.get().outbox.size).toBe(0);
  });
});

describe('usePoll', () => {
  let takePage = async (): Promise<void> => {};
  beforeAll(() => void (takePage = givePage()));
  afterAll(() => takePage());

  test('shows the poll with our vote, and that it is closed, by somebody or by the time', async () => {
    const server = createFakeServer();
    server.on('poll.close', () => ({ ...polled(4, [2, 1], { mine: ['2'], closedAt: 1 }), capabilities }));
    const client = await connected(server);
    const before = await renderHook(client, () => usePoll(held(client)), quiet);
    expect(before.current).toMatchObject({ mine: ['2'], closed: false });
    await before.settle(() => before.current?.close());
    const after = await renderHook(client, () => usePoll(held(client)), quiet);
    expect(after.current).toMatchObject({ closed: true });
    const over = polled(3, [2, 1], { closesAt: Date.now() + client.get().aheadMs });
    const late = await renderHook(client, () => usePoll(over), quiet);
    expect(late.current?.closed).toBe(true);
    const text = await renderHook(client, () => [usePoll(message(1))], quiet);
    expect(text.current).toEqual([null]);
  });
});
