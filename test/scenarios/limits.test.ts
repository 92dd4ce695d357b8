import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema, envName } from '../../src/config.ts';
import { dialects } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { keys } from './limits/keys.ts';
import { members } from './limits/members.ts';
import { messages } from './limits/messages.ts';
import { requests } from './limits/requests.ts';
import { search } from './limits/search.ts';
import { sockets } from './limits/sockets.ts';
import { sync } from './limits/sync.ts';
import type { Key, Trials } from './limits/trial.ts';

const ELSEWHERE: Partial<Record<Key, string>> = {
  socketFrameMaxBytes: 'test/realtime/socket.test.ts',
  socketBackpressureMaxBytes: 'test/realtime/deaf.test.ts',
  socketFramesPerSecond: 'test/realtime/socket.test.ts',
  socketFramesBurst: 'test/realtime/socket.test.ts',
  socketConnectionsPerPerson: 'test/realtime/socket.test.ts',
  socketSubscriptionsMax: 'test/realtime/socket.test.ts',
  statusTextMaxCodePoints: 'test/scenarios/profiles.test.ts',
  blocksMax: 'test/scenarios/blocks.test.ts',
  mentionsMax: 'test/scenarios/mentions.test.ts',
  searchNarrowMax: 'test/property/search.test.ts',
  pollOptionsMax: 'test/scenarios/polls.test.ts',
  pollQuestionMaxCodePoints: 'test/scenarios/polls.test.ts',
  pollOptionMaxCodePoints: 'test/scenarios/polls.test.ts',
  pollOpenMaxMs: 'test/scenarios/polls.test.ts',
  pollVotersNamedMax: 'test/scenarios/polls.test.ts',
  pinsMax: 'test/scenarios/pins.test.ts',
  threadParticipantsShown: 'test/scenarios/threads.test.ts',
  notificationsMax: 'test/scenarios/notifications.test.ts',
  pushSubscriptionsMax: 'test/scenarios/push-subscriptions.test.ts',
  pushEndpointMaxCodePoints: 'test/scenarios/push-subscriptions.test.ts',
  pushBodyMaxCodePoints: 'test/scenarios/push.test.ts',
  pushTimeoutMs: 'test/scenarios/push.test.ts',
  pushTtlS: 'test/scenarios/push.test.ts',
  pushAtOnceMax: 'test/scenarios/push.test.ts',
  linkPreviewTimeoutMs: 'test/lib/pages.test.ts',
  linkPreviewPageMaxBytes: 'test/lib/pages.test.ts',
  linkPreviewPictureMaxBytes: 'test/lib/pages.test.ts',
  linkPreviewPictureMaxPixels: 'test/lib/pages.test.ts',
  linkPreviewRedirectsMax: 'test/lib/pages.test.ts',
  linkPreviewCacheMax: 'test/lib/pages.test.ts',
  linkPreviewCacheMs: 'test/lib/pages.test.ts',
  linkPreviewTitleMaxCodePoints: 'test/lib/pages.test.ts',
  linkPreviewDescriptionMaxCodePoints: 'test/lib/pages.test.ts',
  linkPreviewsAtOnceMax: 'test/scenarios/previews.test.ts',
  heartbeatMs: 'test/faults/quiet.fault.ts',
  sessionMaxAgeS: 'test/identity/sessions.test.ts',
  principalCacheMs: 'test/identity/jwt.test.ts',
  rateSignUpsPerHour: 'test/identity/limits.test.ts',
  rateSignInsPerMinute: 'test/identity/limits.test.ts',
  rateSignInsPerAccountPerMinute: 'test/identity/limits.test.ts',
  rateConnectsPerMinute: 'test/identity/limits.test.ts',
  rateRequestsPerAddressPerMinute: 'test/http/address-limits.test.ts',
  rateSocketsPerAddressPerMinute: 'test/http/address-limits.test.ts',
  rateKeysMax: 'test/http/address-limits.test.ts',
  messageCacheBytes: 'test/lib/message-rows.test.ts',
};

/** Numbers that no client runs into: they say where the program stands, how it works inside, or what somebody else does. */
const NOBODY_HITS: Key[] = [
  'port',
  'databasePoolMax',
  'fileCacheBytes',
  'fileCheckpointPages',
  'databaseConnectTimeoutMs',
  'databaseStatementTimeoutMs',
  'shutdownTimeoutMs',
  'shutdownRetryAfterMs',
  'principalCacheMax',
  'jwksTimeoutMs',
  'jwksCooldownMs',
  'jwksMaxAgeMs',
  'jwtClockSkewS',
  'appendBatchMax',
  'messageSettleMs',
  'markBatchMax',
  'reorderHoldMs',
  'reorderConversationsMax',
  'outboxLeaseMs',
  'outboxPauseMs',
  'outboxPollMs',
  'outboxAttemptsMax',
  'outboxBackoffMs',
  'busAliveMs',
  'busMissesMax',
  'busRenewAtOnce',
  'socketOpensAtOnce',
  'busQueueMax',
];

const HERE: Trials = { ...requests, ...messages, ...members, ...search, ...sync, ...sockets, ...keys };

for (const dialect of dialects) {
  describe(`Limits on ${dialect}`, () => {
    for (const [key, trial] of Object.entries(HERE)) {
      describe(`${envName(key)}: ${trial.says}`, () => {
        let server: TestServer;
        beforeAll(async () => {
          server = await startServer({ dialect, config: trial.config });
        });
        afterAll(() => server.stop());
        for (const door of trial.door ? [trial.door] : (['http', 'socket'] as const)) {
          test(`over ${door}`, () => trial.run({ server, door }, Number(trial.config[key as Key])));
        }
      });
    }
  });
}

describe('Every number of the configuration', () => {
  const numbers = Object.entries(configSchema.shape).flatMap(([key, field]) =>
    field instanceof z.ZodDefault && field.unwrap() instanceof z.ZodNumber ? [key] : [],
  );

  test('is tried at the limit and one beyond, here or in a named file, or is out of reach of clients', () => {
    const places = numbers.map((key) => [key, [HERE, ELSEWHERE].filter((table) => key in table).length + (NOBODY_HITS.includes(key as Key) ? 1 : 0)]);
    expect(places).toEqual(numbers.map((key) => [key, 1]));
    expect([...Object.keys(HERE), ...Object.keys(ELSEWHERE), ...NOBODY_HITS].filter((key) => !numbers.includes(key))).toEqual([]);
  });

  test('that is tried in another file is named there', async () => {
    const root = join(import.meta.dir, '../..');
    for (const [key, file] of Object.entries(ELSEWHERE)) {
      expect([key, file, existsSync(join(root, file)) && new RegExp(`\\b${key}\\b`).test(await Bun.file(join(root, file)).text())]).toEqual([
        key,
        file,
        true,
      ]);
    }
  });
});
