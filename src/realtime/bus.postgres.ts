import { SQL } from 'bun';
import { describe } from '../kernel/report.ts';
import { newId } from '../lib/id.ts';
import type { Log } from '../lib/log.ts';
import type { Bus, Ear } from './bus.ts';

type Options = { url: string; connectTimeoutMs: number; queueMax: number; ear: Ear; log: Log };
/** Who sends, the number of the notification among theirs, and the frames: themselves, or the row that has them. */
type Payload = [from: string, number: number, frames: [topic: string, frame: unknown][] | string];

const CHANNEL = 'chinwag';
/** Postgres takes less than 8,000; the rest is for the envelope. */
const FRAMES_MAX_BYTES = 7_800;
const KEPT_MS = 60_000;

/**
 * LISTEN/NOTIFY on the database that is there anyway. What waits while a notification is on its way leaves together with the
 * next one, in as few notifications as hold it. A frame that is too long for one lies in a table, and the notification names its row.
 *
 * Notifications are numbered, so whoever missed one notices with the next. Without WAL to wait for, they cost no fsync.
 */
export async function openPostgresBus({ url, connectTimeoutMs, queueMax, ear, log }: Options): Promise<Bus> {
  const client = new SQL(url, {
    max: 2,
    connectionTimeout: connectTimeoutMs / 1000,
    connection: { application_name: 'chinwag bus', synchronous_commit: 'off', statement_timeout: String(connectTimeoutMs) },
  });
  const self = newId();
  const numbers = new Map<string, number>();
  let number = 0;
  let waiting: string[] = [];
  let sending: Promise<void> | null = null;
  let closed = false;
  /** While a row is read, what came after it waits. */
  let reading: Promise<void> | null = null;
  let listening = false;

  function publish(topic: string, frame: string): void {
    if (closed) return;
    if (waiting.length >= queueMax) {
      // A number that never arrives: the others notice that something is missing.
      waiting = [];
      number++;
      log.error({ queueMax }, 'the bus is too slow; frames were dropped');
    }
    waiting.push(`[${JSON.stringify(topic)},${frame}]`);
    sending ??= sendAll().finally(() => (sending = null));
  }

  async function sendAll(): Promise<void> {
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await send(batch);
      } catch (error) {
        number++;
        log.warn({ frames: batch.length, error: describe(error) }, 'frames did not reach the bus');
      }
    }
  }

  async function send(frames: string[]): Promise<void> {
    const payloads: string[] = [];
    for (const part of partsOf(frames)) {
      const body = typeof part === 'string' ? JSON.stringify(await keep(part)) : `[${part.join(',')}]`;
      payloads.push(`["${self}",${++number},${body}]`);
    }
    await client`select pg_notify(${CHANNEL}, value) from json_array_elements_text(${payloads}::json)`;
  }

  async function keep(frame: string): Promise<string> {
    const id = newId();
    await client`insert into bus_frame (id, frame, kept_until) values (${id}, ${frame}, ${Date.now() + KEPT_MS})`;
    return id;
  }

  function receive(text: string): void {
    const payload = JSON.parse(text) as Payload;
    if (payload[0] === self) return;
    if (!reading && typeof payload[2] !== 'string') return deliver(payload, payload[2]);
    const mine = (reading ?? Promise.resolve())
      .then(() => take(payload))
      .finally(() => {
        if (reading === mine) reading = null;
      });
    reading = mine;
  }

  async function take(payload: Payload): Promise<void> {
    const [, , frames] = payload;
    if (typeof frames !== 'string') return deliver(payload, frames);
    try {
      const [row] = (await client`select frame from bus_frame where id = ${frames}`) as { frame: string }[];
      if (!row) throw new Error('the row is gone');
      deliver(payload, [JSON.parse(row.frame) as [string, unknown]]);
    } catch (error) {
      log.warn({ error: describe(error) }, 'a frame of the bus could not be read');
      ear.gap('a frame could not be read');
    }
  }

  function deliver([from, count]: Payload, frames: [string, unknown][]): void {
    const last = numbers.get(from);
    numbers.set(from, count);
    if (last !== undefined && count !== last + 1) ear.gap('a notification is missing');
    for (const [topic, frame] of frames) ear.frame(topic, frame);
  }

  const cleaning = setInterval(() => void client`delete from bus_frame where kept_until < ${Date.now()}`.catch(() => undefined), KEPT_MS);
  cleaning.unref();

  try {
    await client.listen(CHANNEL, receive, () => {
      if (listening) ear.gap('the connection was lost');
      listening = true;
    });
  } catch (error) {
    clearInterval(cleaning);
    await client.close({ timeout: 0 });
    throw new Error(`DATABASE_URL: cannot listen to Postgres: ${(error as Error).message}`, { cause: error });
  }

  return {
    hearsAll: true,
    lonely: false,
    publish,
    listen: async () => undefined,
    unlisten: () => undefined,
    async close() {
      closed = true;
      clearInterval(cleaning);
      await sending;
      await client.close({ timeout: 1 });
    },
  };
}

/** As many frames together as one notification holds; alone, as text, where one is longer than that. */
function partsOf(frames: string[]): (string[] | string)[] {
  const parts: (string[] | string)[] = [];
  let part: string[] = [];
  let bytes = 0;
  const end = (): void => {
    if (part.length > 0) parts.push(part);
    [part, bytes] = [[], 0];
  };
  for (const frame of frames) {
    const size = Buffer.byteLength(frame) + 1;
    if (bytes + size > FRAMES_MAX_BYTES) end();
    if (size > FRAMES_MAX_BYTES) parts.push(frame);
    else {
      part.push(frame);
      bytes += size;
    }
  }
  end();
  return parts;
}
