/** S11: three processes are replaced one after the other while people talk. */
import { createClient, type Client } from '../../src/client/index.ts';
import { settled, watchAway } from '../away.ts';
import { startBalancer, type Balancer } from '../balancer.ts';
import { knows, startCluster, type Cluster } from '../cluster.ts';
import { scaled, type Bench, type Case } from '../scenario.ts';
import { linesOf } from './send.ts';

const SIZE = 3;
const MEMBERS = 10;
const SENDS_PER_SECOND = 100;
const QUIET_BETWEEN_MS = 5_000;

type Sent = Map<string, { conversationId: string; times: number }>;

export const rolling: Case[] = [
  {
    name: 's11',
    title: `S11 200 people, ${SENDS_PER_SECOND} messages/s, ${SIZE} processes replaced one after the other`,
    peers: ['Postgres'],
    shown: ['reconnects', 'away p50 ms', 'away p99 ms', 'away max ms', 'acknowledged', 'lost or twice'],
    aims: [{ figure: 'lost or twice', of: 'Postgres', atMost: 0 }],
    cold: true,
    prepare: benchOf,
  },
];

async function benchOf(): Promise<Bench> {
  const cluster = await startCluster(SIZE, {});
  const balancer = await startBalancer(cluster.processes.map(({ port }) => port));
  const lines = await linesOf(cluster, { conversations: scaled(20, 2), members: MEMBERS, senders: 'all' });
  const url = `http://127.0.0.1:${balancer.port}`;
  const people = lines.map(({ token, conversation }) => ({ client: createClient({ url, token: token ?? '' }), conversation }));
  const clients = people.map(({ client }) => client);
  for (const client of clients) await client.start();
  await settled(clients);
  const away = watchAway(clients);
  return {
    async run() {
      const sent: Sent = new Map();
      const stopTalking = talk(people, sent);
      await replaceAll(cluster, balancer);
      stopTalking();
      await settled(clients);
      await countStored(people, sent);
      const wrong = [...sent.values()].filter(({ times }) => times !== 1).length;
      return { ...away.sample(), acknowledged: sent.size, 'lost or twice': wrong };
    },
    async stop() {
      for (const client of clients) client.stop();
      balancer.stop();
      await cluster.stop();
    },
  };
}

type Person = { client: Client; conversation: string };

function talk(people: Person[], sent: Sent): () => void {
  let count = 0;
  const timer = setInterval(() => {
    const { client, conversation } = people[count++ % people.length] as Person;
    const { clientId } = client.send(conversation, { content: `message ${count}` });
    sent.set(clientId, { conversationId: conversation, times: 0 });
  }, 1_000 / SENDS_PER_SECOND);
  return () => clearInterval(timer);
}

/** Each is followed by a new one before it is told to end, as a rolling deploy does it. */
async function replaceAll(cluster: Cluster, balancer: Balancer): Promise<void> {
  for (const old of cluster.processes.slice()) {
    await Bun.sleep(QUIET_BETWEEN_MS);
    const fresh = await cluster.join();
    await knows(fresh, SIZE + 1);
    balancer.add(fresh.port);
    balancer.remove(old.port);
    await cluster.leave(old);
  }
  await Bun.sleep(QUIET_BETWEEN_MS);
}

/** What the clients believe to be sent is looked for on the server, page by page. */
async function countStored(people: Person[], sent: Sent): Promise<void> {
  const readers = new Map(people.map(({ client, conversation }) => [conversation, client]));
  for (const [conversationId, client] of readers) {
    for (let after = 0; ;) {
      const { items } = await client.call('message.list', { conversationId, after, limit: 200 });
      for (const { clientId } of items) {
        const known = sent.get(clientId ?? '');
        if (known) known.times++;
      }
      const last = items.at(-1);
      if (!last) break;
      after = last.seq;
    }
  }
}
