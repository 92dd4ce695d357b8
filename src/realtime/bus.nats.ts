import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { describe } from '../kernel/report.ts';
import type { Log } from '../lib/log.ts';
import { EVERYBODY, type Bus, type Ear } from './bus.ts';

type Options = { url: string; installation: string; connectTimeoutMs: number; ear: Ear; log: Log };

/** A NATS server or cluster. A process subscribes to what somebody here listens to, and to what is for everybody. */
export async function openNatsBus({ url, installation, connectTimeoutMs, ear, log }: Options): Promise<Bus> {
  const connection = await join(url, connectTimeoutMs);
  /** `heard`: the server has taken the subscription. */
  const subscriptions = new Map<string, { subscription: Subscription; heard: Promise<void> }>();
  let away = false;
  let dropped = 0;

  const subjectOf = (topic: string): string => `chinwag.${installation}.${topic.split(':').map(token).join('.')}`;

  async function listen(topics: readonly string[]): Promise<void> {
    const fresh = topics.filter((topic) => !subscriptions.has(topic));
    const opened = fresh.map((topic) => [topic, subscribe(topic)] as const);
    // Where the connection is lost the client subscribes again by itself, and a gap is told then.
    const heard = away || fresh.length === 0 ? Promise.resolve() : connection.flush().catch(() => undefined);
    for (const [topic, subscription] of opened) subscriptions.set(topic, { subscription, heard });
    await Promise.all(topics.map((topic) => subscriptions.get(topic)?.heard ?? Promise.resolve()));
  }

  const subscribe = (topic: string): Subscription =>
    connection.subscribe(subjectOf(topic), {
      callback(error, message) {
        if (!error) ear.frame(topic, message.json());
      },
    });

  async function watch(): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') {
        away = true;
        log.warn({}, 'the connection to NATS is lost');
      } else if (type === 'reconnect') {
        away = false;
        log.info({ dropped }, 'the connection to NATS is back');
        dropped = 0;
        ear.gap('the connection was lost');
        ear.lost();
      } else if (type === 'slowConsumer') ear.gap('frames came faster than they were taken');
    }
  }

  await listen([EVERYBODY]);
  void watch().catch((error: unknown) => log.error({ error: describe(error) }, 'the state of NATS is not known any more'));

  return {
    hearsAll: false,
    lonely: false,
    publish(topic, frame) {
      // Nobody is told anything before the connection is back, and then everybody is told that something is missing.
      if (away || connection.isClosed()) return void dropped++;
      connection.publish(subjectOf(topic), frame);
    },
    listen,
    unlisten(topics) {
      for (const topic of topics) {
        subscriptions.get(topic)?.subscription.unsubscribe();
        subscriptions.delete(topic);
      }
    },
    async close() {
      if (!connection.isClosed()) await (away ? connection.close() : connection.drain());
    },
  };
}

async function join(url: string, timeout: number): Promise<NatsConnection> {
  const { username, password, host, protocol } = new URL(url);
  const user = username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  const tls = protocol === 'tls:' ? { tls: {} } : {};
  try {
    return await connect({
      servers: host,
      name: 'chinwag',
      noEcho: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      timeout,
      ...user,
      ...tls,
    });
  } catch (error) {
    throw new Error(`BUS_URL: cannot reach NATS at ${host}: ${(error as Error).message}`, { cause: error });
  }
}

/** NATS takes any word without dots, spaces and wildcards as a token. */
const token = (part: string): string => (/^[\w-]+$/.test(part) ? part : `_${Buffer.from(part).toString('hex')}`);
