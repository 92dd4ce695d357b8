import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { dialects } from '../support/database.ts';
import { play, plays } from '../support/play.ts';
import { SEARCH_TIMEOUT_MS, searching } from '../support/property.ts';
import { startServer, type TestServer } from '../support/server.ts';

for (const dialect of dialects) {
  describe(`Clients on ${dialect}`, () => {
    let server: TestServer;
    const disorder: string[] = [];
    beforeAll(async () => {
      // Small pages, so that short plays need several.
      server = await startServer({ dialect, config: { rateLimits: false, pageDefault: 5, syncMessagesPerConversation: 4, syncConversationsMax: 1 } });
    });
    afterAll(() => server.stop());

    test(
      'whatever they do, in whatever order, and however often they lose the connection, all show what is stored',
      async () => {
        await fc.assert(
          fc.asyncProperty(plays, async ({ people, steps }) => {
            const outcome = await play(server, people, steps);
            disorder.push(...outcome.disorder);
            expect(outcome.wrong).toEqual([]);
          }),
          searching(12),
        );
        expect(server.log.filter((line) => line.code === 'internal')).toEqual([]);
      },
      SEARCH_TIMEOUT_MS,
    );

    test('the events of a conversation came to each of them in order, and marks only moved forward', () => {
      expect(disorder).toEqual([]);
    });
  });
}
