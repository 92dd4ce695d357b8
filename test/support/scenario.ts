import { afterAll, beforeAll, describe, test } from 'bun:test';
import type { ConfigInput } from '../../src/config.ts';
import { dialects } from './database.ts';
import { PATIENCE_MS } from './patience.ts';
import type { Door } from './person.ts';
import { startServer, type TestServer } from './server.ts';

export type Scene = { server: TestServer; door: Door };
export type Tell = (name: string, run: (scene: Scene) => Promise<void>) => void;

/**
 * The same scenarios over both doors on each database of this run. The scenarios of a file share a server and
 * nothing else: each makes its own people and conversations.
 */
export function scenarios(title: string, tell: (scenario: Tell) => void, config: ConfigInput = {}): void {
  for (const dialect of dialects) {
    describe(`${title} on ${dialect}`, () => {
      let server: TestServer;
      beforeAll(async () => {
        server = await startServer({ dialect, config });
      }, PATIENCE_MS);
      afterAll(() => server.stop());
      for (const door of ['http', 'socket'] as const) {
        describe(`over ${door}`, () => {
          tell((name, run) => test(name, () => run({ server, door }), PATIENCE_MS));
        });
      }
    });
  }
}
