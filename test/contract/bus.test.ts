import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { EVERYBODY, type Bus, type OpenBus } from '../../src/realtime/bus.ts';
import { buses, openerOf } from '../support/buses.ts';
import { until } from '../support/cluster.ts';
import { createDatabase, dialects, type TestDatabase } from '../support/database.ts';
import { openTestStore } from '../support/migrated.ts';

type End = { bus: Bus; heard: [topic: string, frame: unknown][]; gaps: string[] };

/** What every bus does, whatever carries it. */
for (const name of buses) {
  describe(`The bus: ${name}`, () => {
    let database: TestDatabase;
    let open: OpenBus;
    const ends: End[] = [];

    beforeAll(async () => {
      database = await createDatabase(dialects[0] ?? 'sqlite');
      await (await openTestStore(database.url)).close();
    });
    afterAll(() => database.drop());
    afterEach(async () => {
      for (const { bus } of ends.splice(0)) await bus.close();
    });

    async function end(topics: string[] = []): Promise<End> {
      const made: Omit<End, 'bus'> = { heard: [], gaps: [] };
      const bus = await open({
        frame: (topic, frame) => void made.heard.push([topic, frame]),
        gap: (reason) => void made.gaps.push(reason),
        lost: () => undefined,
      });
      await bus.listen(topics);
      const whole = { bus, ...made };
      ends.push(whole);
      return whole;
    }
    async function pair(topics: string[] = []): Promise<[End, End]> {
      open = openerOf(name, database.url);
      return [await end(topics), await end(topics)];
    }
    const publish = ({ bus }: End, topic: string, frame: unknown): void => bus.publish(topic, JSON.stringify(frame));
    /** What the other end heard of these topics once everything that was published has come. */
    async function heardBy({ heard }: End, from: End, ...topics: string[]): Promise<unknown[]> {
      const mark = crypto.randomUUID();
      publish(from, EVERYBODY, mark);
      await until(() => heard.some(([, frame]) => frame === mark));
      return heard.filter(([topic]) => topics.length === 0 || topics.includes(topic)).flatMap(([, frame]) => (frame === mark ? [] : [frame]));
    }

    test('what is for everybody reaches the others and not oneself', async () => {
      const [a, b] = await pair();
      publish(a, EVERYBODY, { n: 1 });
      publish(b, EVERYBODY, { n: 2 });
      expect(await heardBy(b, a)).toEqual([{ n: 1 }]);
      expect(await heardBy(a, b, EVERYBODY)).toContainEqual({ n: 2 });
      expect(JSON.stringify(a.heard)).not.toContain('"n":1');
    });

    test('frames of one process arrive in the order in which it published them, whatever their topics', async () => {
      const [a, b] = await pair(['conversation:one', 'conversation:two']);
      const sent = Array.from({ length: 2_000 }, (_, n) => n);
      for (const n of sent) publish(a, n % 2 ? 'conversation:one' : 'conversation:two', n);
      expect(await heardBy(b, a, 'conversation:one', 'conversation:two')).toEqual(sent);
    });

    test('the same frame twice is heard twice', async () => {
      const [a, b] = await pair(['conversation:one']);
      for (let i = 0; i < 3; i++) publish(a, 'conversation:one', 'same');
      expect(await heardBy(b, a, 'conversation:one')).toEqual(['same', 'same', 'same']);
    });

    test('frames longer than a notification arrive whole, in their place', async () => {
      const [a, b] = await pair(['conversation:one']);
      const frames = ['before', 'long '.repeat(20_000), '日本語 👋 '.repeat(1_500), 'x'.repeat(7_799), 'after'];
      for (const frame of frames) publish(a, 'conversation:one', frame);
      expect(await heardBy(b, a, 'conversation:one')).toEqual(frames);
      expect(b.gaps).toEqual([]);
    });

    test('text of any kind survives', async () => {
      const [a, b] = await pair(['conversation:one']);
      const texts = ['"quotes" \\ and \\u0000', "it's $1 %s", 'line\nbreak\ttab', '\u2028', '{}', ''];
      for (const text of texts) publish(a, 'conversation:one', { text });
      expect(await heardBy(b, a, 'conversation:one')).toEqual(texts.map((text) => ({ text })));
    });

    test('a topic with any characters is a topic of its own', async () => {
      const [a, b] = await pair(['person:a.b', 'person:*', 'person:>', 'person:ü x']);
      for (const topic of ['person:a.b', 'person:*', 'person:>', 'person:ü x']) publish(a, topic, topic);
      await heardBy(b, a);
      expect(b.heard.filter(([topic]) => topic.startsWith('person:'))).toEqual(
        ['person:a.b', 'person:*', 'person:>', 'person:ü x'].map((topic): [string, unknown] => [topic, topic]),
      );
    });

    test('what nobody listens to is not brought, where the bus can tell', async () => {
      const [a, b] = await pair();
      publish(a, 'conversation:one', 'unheard');
      await heardBy(b, a);
      await b.bus.listen(['conversation:one']);
      publish(a, 'conversation:one', 'heard');
      const listened = await heardBy(b, a, 'conversation:one');
      b.bus.unlisten(['conversation:one']);
      await heardBy(a, b);
      publish(a, 'conversation:one', 'late');
      const all = await heardBy(b, a, 'conversation:one');
      if (b.bus.hearsAll) expect(all).toEqual(['unheard', 'heard', 'late']);
      else expect([listened, all]).toEqual([['heard'], ['heard']]);
    });

    test('two installations do not hear each other', async () => {
      const [a] = await pair();
      const other = await createDatabase(dialects[0] ?? 'sqlite');
      await (await openTestStore(other.url)).close();
      open = openerOf(name, other.url);
      const [c, d] = [await end(), await end()];
      publish(a, EVERYBODY, 'ours');
      publish(c, EVERYBODY, 'theirs');
      expect(await heardBy(d, c)).toEqual(['theirs']);
      await Promise.all(ends.splice(0).map(({ bus }) => bus.close()));
      await other.drop();
    });

    test('a closed bus says and hears nothing', async () => {
      const [a, b] = await pair();
      const c = await end();
      await b.bus.close();
      publish(b, EVERYBODY, 'from beyond');
      publish(a, EVERYBODY, 'on');
      expect(await heardBy(c, a)).toEqual(['on']);
      expect(b.heard).toEqual([]);
    });
  });
}
