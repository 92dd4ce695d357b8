import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema, envName, type ConfigInput } from '../../src/config.ts';
import { pruneAudit } from '../../src/features/index.ts';
import { newId } from '../../src/lib/id.ts';
import { dialects } from '../support/database.ts';
import type { Answer, Door, Person } from '../support/person.ts';
import { upTo } from '../support/rows.ts';
import type { Scene } from '../support/scenario.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { indexed } from '../support/searching.ts';
import { connect } from '../support/socket.ts';
import { holdConversation } from '../support/store.ts';

const EMOJI = ['👍', '🎉', '😀', '🚀'];

type Key = keyof ConfigInput;
/** What is said of a limit, the settings it is tried with (its own and its company), and the trial at the limit and one beyond. */
type Trial = { says: string; config: ConfigInput; door?: Door; run(scene: Scene, limit: number): Promise<void> };

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
  pinsMax: 'test/scenarios/pins.test.ts',
  threadParticipantsShown: 'test/scenarios/threads.test.ts',
  notificationsMax: 'test/scenarios/notifications.test.ts',
  pushSubscriptionsMax: 'test/scenarios/push-subscriptions.test.ts',
  pushEndpointMaxCodePoints: 'test/scenarios/push-subscriptions.test.ts',
  pushBodyMaxCodePoints: 'test/scenarios/push.test.ts',
  pushTimeoutMs: 'test/scenarios/push.test.ts',
  pushTtlS: 'test/scenarios/push.test.ts',
  pushAtOnceMax: 'test/scenarios/push.test.ts',
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
  'outboxPollMs',
  'outboxAttemptsMax',
  'outboxBackoffMs',
  'busAliveMs',
  'busMissesMax',
  'busRenewAtOnce',
  'socketOpensAtOnce',
  'busQueueMax',
];

const HERE: Partial<Record<Key, Trial>> = {
  requestMaxBytes: {
    says: 'a body of that size is read; one byte more is refused, and so is one that is far too large',
    config: { requestMaxBytes: 2_000 },
    door: 'http',
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const post = (bytes: number): Promise<Response> => {
        const body = JSON.stringify({ content: 'x' });
        return fetch(`${scene.server.url}/api/chat/conversations/${conversationId}/messages`, {
          method: 'POST',
          headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
          body: body.padEnd(bytes, ' '),
        });
      };
      expect((await post(limit)).status).toBe(201);
      for (const bytes of [limit + 1, limit + 10_000]) {
        const response = await post(bytes);
        expect([bytes, response.status, await response.json()]).toMatchObject([bytes, 413, { error: { code: 'payload_too_large' } }]);
      }
    },
  },
  requestTimeoutMs: {
    says: 'whoever waits that long is told so; what was begun may still happen',
    config: { requestTimeoutMs: 3_000 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const happened = (await ann.connect()).event('membership.updated', (event) => event.data.membership.pinned);
      const held = await holdConversation(scene.server.app.ports.store, conversationId);
      let told: Answer | null = null;
      const begun = called(scene.server.clock, 'after', (ms) => ms === limit);
      const answer = ann.by(scene.door, 'membership.update', { conversationId, pinned: true }).then((given) => (told = given));
      await begun;
      scene.server.clock.advance(limit - 1);
      await ann.http('person.me');
      expect(told).toBeNull();
      scene.server.clock.advance(1);
      expect(await answer).toMatchObject({ ok: false, error: { code: 'timeout' } });
      await held.commit();
      expect(await happened).toMatchObject({ conversationId });
    },
  },
  pageDefault: {
    says: 'a page without `limit` has that many items, and says where the next begins',
    config: { pageDefault: 3 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const n of upTo(limit)) await ann.must('message.send', { conversationId, content: `${n}` });
      expect(await ann.must('message.list', { conversationId }, scene.door)).toMatchObject({ items: { length: limit }, cursor: null });
      await ann.must('message.send', { conversationId, content: 'more' });
      expect(await ann.must('message.list', { conversationId }, scene.door)).toMatchObject({ items: { length: limit }, cursor: expect.any(String) });
      expect(await ann.must('conversation.changes', { conversationId }, scene.door)).toMatchObject({ items: { length: limit }, complete: false });
    },
  },
  messageMaxCodePoints: {
    says: 'the longest text may be sent and edited in, one code point more may not',
    config: { messageMaxCodePoints: 40 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const sent = await ann.must('message.send', { conversationId, content: '😀'.repeat(limit) }, scene.door);
      await ann.must('message.edit', { messageId: sent.id, content: '👍'.repeat(limit) }, scene.door);
      const content = '😀'.repeat(limit + 1);
      expectRefused(await ann.by(scene.door, 'message.send', { conversationId, content }), 'content', limit);
      expectRefused(await ann.by(scene.door, 'message.sendDirect', { receiverId: ben.userId, content }), 'content', limit);
      expectRefused(await ann.by(scene.door, 'message.edit', { messageId: sent.id, content }), 'content', limit);
    },
  },
  messageMetadataMaxBytes: {
    says: 'metadata of that size is kept with messages and conversations, one byte more is refused',
    config: { messageMetadataMaxBytes: 100 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const metadata = (bytes: number) => ({ k: 'é'.repeat(10).padEnd(bytes - '{"k":""}'.length - 10, 'x') });
      expect(Buffer.byteLength(JSON.stringify(metadata(limit)))).toBe(limit);
      const { id } = await ann.must('conversation.create', { title: 'T', metadata: metadata(limit) }, scene.door);
      const tries: [string, Record<string, unknown>][] = [
        ['message.send', { conversationId, content: 'x' }],
        ['message.sendDirect', { receiverId: ben.userId, content: 'x' }],
        ['conversation.update', { conversationId: id }],
        ['conversation.create', { title: 'T' }],
      ];
      for (const [command, input] of tries) {
        await ann.must(command, { ...input, metadata: metadata(limit) }, scene.door);
        expectRefused(await ann.by(scene.door, command, { ...input, metadata: metadata(limit + 1) }), 'metadata', limit);
      }
    },
  },
  messageEditWindowMs: {
    says: 'an author may edit that long, and not a millisecond longer',
    config: { messageEditWindowMs: 5_000 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      scene.server.clock.advance(limit);
      await ann.must('message.edit', { messageId, content: 'y' }, scene.door);
      scene.server.clock.advance(1);
      expect(await ann.by(scene.door, 'message.edit', { messageId, content: 'z' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      expect(await ann.must('message.get', { messageId })).toMatchObject({ capabilities: { edit: false } });
    },
  },
  messageDeleteWindowMs: {
    says: 'an author may delete that long, and not a millisecond longer',
    config: { messageDeleteWindowMs: 5_000 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const [one, two_] = [
        await ann.must('message.send', { conversationId, content: 'x' }),
        await ann.must('message.send', { conversationId, content: 'y' }),
      ];
      scene.server.clock.advance(limit);
      await ann.must('message.delete', { messageId: one.id }, scene.door);
      scene.server.clock.advance(1);
      expect(await ann.by(scene.door, 'message.delete', { messageId: two_.id })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    },
  },
  replyPreviewCodePoints: {
    says: 'a quoted text of that length is shown whole, a longer one is cut',
    config: { replyPreviewCodePoints: 10 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const [content, shown] of [
        ['😀'.repeat(limit), '😀'.repeat(limit)],
        ['😀'.repeat(limit + 1), `${'😀'.repeat(limit - 1)}…`],
      ] as const) {
        const quoted = await ann.must('message.send', { conversationId, content });
        expect(await ann.must('message.send', { conversationId, content: 'x', replyToId: quoted.id }, scene.door)).toMatchObject({
          replyTo: { content: shown },
        });
      }
    },
  },
  reactionEmojiMax: {
    says: 'a message takes that many different emoji, and any number of people behind them',
    config: { reactionEmojiMax: 2, reactionsPerPersonMax: 10 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      for (const emoji of EMOJI.slice(0, limit)) await ann.must('reaction.add', { messageId, emoji }, scene.door);
      expectRefused(await ben.by(scene.door, 'reaction.add', { messageId, emoji: EMOJI[limit] }), 'emoji', limit);
      await ben.must('reaction.add', { messageId, emoji: EMOJI[0] }, scene.door);
    },
  },
  reactionsPerPersonMax: {
    says: 'a person reacts to a message that often, and others still may',
    config: { reactionsPerPersonMax: 2 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      for (const emoji of EMOJI.slice(0, limit)) await ann.must('reaction.add', { messageId, emoji }, scene.door);
      expectRefused(await ann.by(scene.door, 'reaction.add', { messageId, emoji: EMOJI[limit] }), 'emoji', limit);
      await ben.must('reaction.add', { messageId, emoji: EMOJI[limit] }, scene.door);
    },
  },
  reactionsPerMessageMax: {
    says: 'a message takes that many reactions of all people together',
    config: { reactionsPerMessageMax: 3 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      await ben.must('reaction.add', { messageId, emoji: EMOJI[0] }, scene.door);
      for (const emoji of EMOJI.slice(0, limit - 1)) await ann.must('reaction.add', { messageId, emoji }, scene.door);
      expectRefused(await ben.by(scene.door, 'reaction.add', { messageId, emoji: EMOJI[1] }), 'emoji', limit);
      await ann.must('reaction.remove', { messageId, emoji: EMOJI[0] }, scene.door);
      await ben.must('reaction.add', { messageId, emoji: EMOJI[1] }, scene.door);
    },
  },
  groupMembersMax: {
    says: 'a group takes that many members and no more, when it is made and later',
    config: { groupMembersMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const others = (await Promise.all(upTo(limit).map((n) => server.person(`P${n}`)))).map((person) => person.userId);
      expectRefused(await ann.by(door, 'conversation.create', { title: 'T', memberIds: others }), 'memberIds', limit);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: others.slice(0, limit - 2) }, door);
      await ann.must('member.add', { conversationId, userIds: [others[limit - 2]] }, door);
      expectRefused(await ann.by(door, 'member.add', { conversationId, userIds: [others[limit - 1]] }), 'userIds', limit);
      expect(await ann.must('conversation.get', { conversationId })).toMatchObject({ memberCount: limit });
    },
  },
  membersPerRequestMax: {
    says: 'a request may name that many people and no more',
    config: { membersPerRequestMax: 2 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const ids = (await Promise.all(upTo(limit + 1).map((n) => server.person(`P${n}`)))).map((person) => person.userId);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: ids.slice(0, limit) }, door);
      expectRefused(await ann.by(door, 'conversation.create', { title: 'T', memberIds: ids }), 'memberIds', limit);
      await ann.must('member.add', { conversationId, userIds: ids.slice(0, limit) }, door);
      expectRefused(await ann.by(door, 'member.add', { conversationId, userIds: ids }), 'userIds', limit);
      expectRefused(await ann.by(door, 'member.add', { conversationId, userIds: ids.slice(0, limit), userId: ids[limit] }), 'userIds', limit);
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const people = ids.map((externalId) => ({ externalId }));
      await owner.must('person.upsert', { people: people.slice(0, limit) }, door);
      expectRefused(await owner.by(door, 'person.upsert', { people }), 'people', limit);
    },
  },
  queueMax: {
    says: 'that many sends wait for the database, the next is told to come again',
    config: { queueMax: 3 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const { store } = scene.server.app.ports;
      await ann.must('person.me', {}, scene.door);
      const held = await holdConversation(store, conversationId);
      const send = (): Promise<Answer> => ann.by(scene.door, 'message.send', { conversationId, content: 'x' });
      const begun = called(store, 'append');
      const underWay = send();
      await begun;
      const waiting = upTo(limit + 1).map(send);
      expect(await Promise.race(waiting)).toMatchObject({ ok: false, error: { code: 'unavailable', retryAfter: 1 } });
      await held.commit();
      const answers = await Promise.all([underWay, ...waiting]);
      expect(answers.map((answer) => answer.ok).sort()).toEqual([false, ...upTo(limit + 1).map(() => true)]);
    },
  },
  searchQueryMaxCodePoints: {
    says: 'the longest text to search for is searched for, one code point more is refused',
    config: { searchQueryMaxCodePoints: 10 },
    async run(scene, limit) {
      const { ann } = await two(scene);
      await ann.must('message.search', { q: '😀'.repeat(limit) }, scene.door);
      expectRefused(await ann.by(scene.door, 'message.search', { q: '😀'.repeat(limit + 1) }), 'q', limit);
    },
  },
  searchWordsMax: {
    says: 'so many words are searched for, in quotation marks or not, and one more is refused',
    config: { searchWordsMax: 3 },
    async run(scene, limit) {
      const { ann } = await two(scene);
      for (const quote of ['', '"']) {
        const words = (count: number): string => quote + upTo(count).join(' ') + quote;
        await ann.must('message.search', { q: words(limit) }, scene.door);
        expectRefused(await ann.by(scene.door, 'message.search', { q: words(limit + 1) }), 'q', limit);
      }
    },
  },
  searchCandidates: {
    says: 'so many of the newest are ranked together; one that is older comes after them, however well it fits',
    config: { searchCandidates: 2 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const content of ['apple', ...upTo(limit).map((n) => `${n} ${'and so on '.repeat(n)} apple`)])
        await ann.must('message.send', { conversationId, content });
      const seqs = async (): Promise<number[]> =>
        (await ann.must('message.search', { q: 'apple' }, scene.door)).items.map((message: any) => message.seq);
      await indexed(scene.server);
      expect((await seqs()).at(-1)).toBe(1);
      await ann.must('message.delete', { messageId: (await ann.must('message.list', { conversationId })).items.at(-1).id });
      expect((await seqs())[0]).toBe(1);
    },
  },
  searchLookedAtMax: {
    says: 'a request looks at so many messages; then the page is short, and its cursor goes on',
    config: { searchLookedAtMax: 2, searchCandidates: 1 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const content of ['to be', ...upTo(limit).map(() => 'be to')]) await ann.must('message.send', { conversationId, content });
      await indexed(scene.server);
      const { items, cursor } = await ann.must('message.search', { q: '"to be"' }, scene.door);
      expect([items, cursor]).toEqual([[], expect.any(String)]);
      expect(await ann.must('message.search', { q: '"to be"', cursor }, scene.door)).toMatchObject({ items: [{ content: 'to be' }] });
      expect(await ann.must('message.search', { q: 'be', limit: 1 }, scene.door)).toMatchObject({ items: { length: 1 } });
    },
  },
  searchOutstandingMax: {
    says: 'so many of the newest messages are found before they are indexed, older ones once they are',
    config: { searchOutstandingMax: 2 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const n of upTo(limit + 1)) await ann.must('message.send', { conversationId, content: `apple ${n}` });
      const count = async (): Promise<number> => (await ann.must('message.search', { q: 'apple' }, scene.door)).items.length;
      expect(await count()).toBe(limit);
      await indexed(scene.server);
      expect(await count()).toBe(limit + 1);
    },
  },
  searchSnippetLength: {
    says: 'a text of that length is shown whole, of a longer one what is around the hit',
    config: { searchSnippetLength: 40 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const shown = async (): Promise<string> =>
        (await ann.must('message.search', { q: 'apple', limit: 1 }, scene.door)).items[0].snippet.map((piece: any) => piece.text).join('');
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'so it goes '.repeat(9).slice(0, limit - 6) + ' apple' });
      expect(await shown()).toHaveLength(limit);
      await ann.must('message.edit', { messageId, content: 'so it goes '.repeat(9).slice(0, limit - 5) + ' apple' });
      expect(await shown()).toBe('…it goes so it goes so it goes so apple');
    },
  },
  syncHeldMax: {
    says: 'a sync may name that many conversations and no more',
    config: { syncHeldMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const held = (count: number) => Object.fromEntries(upTo(count).map((n) => [newId(), n]));
      expect((await ann.must('sync', { conversations: held(limit) }, door)).removed).toHaveLength(limit);
      expectRefused(await ann.by(door, 'sync', { conversations: held(limit + 1) }), 'conversations', limit);
    },
  },
  syncConversationsMax: {
    says: 'a sync answers with that many conversations and says when there are more',
    config: { syncConversationsMax: 2 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      for (const n of upTo(limit)) await ann.must('conversation.create', { title: `${n}` });
      expect(await ann.must('sync', {}, door)).toMatchObject({ conversations: { length: limit }, complete: true });
      await ann.must('conversation.create', { title: 'more' });
      expect(await ann.must('sync', {}, door)).toMatchObject({ conversations: { length: limit }, complete: false });
    },
  },
  syncMessagesPerConversation: {
    says: 'a sync tells that many changes of a conversation and says when there are more',
    config: { syncMessagesPerConversation: 3 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const n of upTo(limit)) await ann.must('message.send', { conversationId, content: `${n}` });
      expect((await ann.must('sync', {}, scene.door)).messages[conversationId]).toMatchObject({ items: { length: limit }, complete: true });
      await ann.must('message.send', { conversationId, content: 'more' });
      expect((await ann.must('sync', {}, scene.door)).messages[conversationId]).toMatchObject({ items: { length: limit }, complete: false });
    },
  },
  syncMessagesMax: {
    says: 'a sync of many conversations tells that many changes in all, the same number of each',
    config: { syncMessagesMax: 6 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const ids: string[] = [];
      for (const n of upTo(3)) ids.push((await ann.must('conversation.create', { title: `${n}` })).id);
      const send = async (): Promise<void> => {
        for (const conversationId of ids) await ann.must('message.send', { conversationId, content: 'x' });
      };
      await send();
      await send();
      const told = async () => Object.values<any>((await ann.must('sync', {}, door)).messages).map(({ items, complete }) => [items.length, complete]);
      expect(await told()).toEqual(ids.map(() => [limit / 3, true]));
      await send();
      expect(await told()).toEqual(ids.map(() => [limit / 3, false]));
    },
  },
  socketPendingMax: {
    says: 'that many frames may wait for their answer, one more ends the connection with 4008',
    config: { socketPendingMax: 4 },
    door: 'socket',
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const { store } = scene.server.app.ports;
      for (const [frames, ends] of [
        [limit, false],
        [limit + 1, true],
      ] as const) {
        const socket = await ann.connect();
        const held = await holdConversation(store, conversationId);
        const before = await framesRead(scene.server);
        const answers = Promise.allSettled(upTo(frames).map(() => socket.call('membership.update', { conversationId, pinned: true })));
        while ((await framesRead(scene.server)) < before + frames);
        if (ends) await socket.closed;
        await held.commit();
        expect((await answers).map((answer) => answer.status)).toEqual(upTo(frames).map(() => (ends ? 'rejected' : 'fulfilled')));
        if (ends) expect((await socket.closed).code).toBe(4008);
        await ann.disconnect();
      }
    },
  },
  socketConnectionsMax: {
    says: 'a process serves that many sockets, the next is turned away with the time to come again',
    config: { socketConnectionsMax: 2 },
    door: 'socket',
    async run({ server }, limit) {
      const people = await Promise.all(upTo(limit + 1).map((n) => server.person(`P${n}`)));
      const last = people.at(-1);
      for (const person of people.slice(0, limit)) await person.connect();
      const handshake = {
        authorization: `Bearer ${last?.token}`,
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      const response = await fetch(`${server.url}/api/chat/ws`, { headers: handshake });
      expect([response.status, response.headers.get('retry-after'), await response.json()]).toMatchObject([
        503,
        '5',
        { error: { code: 'unavailable', retryAfter: 5 } },
      ]);
      await people[0]?.disconnect();
      await last?.connect();
    },
  },
  ticketsMax: {
    says: 'that many used tickets are remembered and refused, then the oldest is forgotten',
    config: { ticketsMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const address = `${server.url.replace('http', 'ws')}/api/chat/ws`;
      const tickets: string[] = [];
      for (const _ of upTo(limit + 1)) tickets.push((await ann.must('socket.ticket', {}, door)).ticket);
      for (const ticket of tickets) await (await connect(`${address}?ticket=${ticket}`)).close();
      for (const ticket of tickets.slice(1)) {
        const refused = new WebSocket(`${address}?ticket=${ticket}`);
        expect(await new Promise((resolve) => (refused.onclose = ({ code }) => resolve(code)))).toBe(4001);
      }
      await (await connect(`${address}?ticket=${tickets[0]}`)).close();
    },
  },
  ticketTtlMs: {
    says: 'a ticket opens a socket until that time is over',
    config: { ticketTtlMs: 4_000 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const address = `${server.url.replace('http', 'ws')}/api/chat/ws`;
      const [one, other] = [await ann.must('socket.ticket', {}, door), await ann.must('socket.ticket', {}, door)];
      expect(one.expiresAt).toBe(server.clock.now() + limit);
      server.clock.advance(limit - 1);
      await (await connect(`${address}?ticket=${one.ticket}`)).close();
      server.clock.advance(1);
      const late = new WebSocket(`${address}?ticket=${other.ticket}`);
      expect(await new Promise((resolve) => (late.onclose = ({ code }) => resolve(code)))).toBe(4001);
    },
  },
  typingTtlMs: {
    says: 'typing ends by itself after that time',
    config: { typingTtlMs: 4_000 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const theirs = await ben.connect();
      await ann.must('typing.set', { conversationId, typing: true }, scene.door);
      scene.server.clock.advance(limit - 1);
      expect(await theirs.news()).toMatchObject([{ type: 'typing.updated', data: { typing: true } }]);
      scene.server.clock.advance(1);
      expect(await theirs.news()).toMatchObject([{ type: 'typing.updated', data: { typing: false } }]);
    },
  },
  presenceGraceMs: {
    says: 'a lost connection shows after that time and not before',
    config: { presenceGraceMs: 4_000 },
    door: 'socket',
    async run(scene, limit) {
      const { ann, ben } = await two(scene);
      const theirs = await ben.connect();
      const mine = await ann.connect();
      await theirs.everything();
      await mine.drop();
      while (scene.server.app.connectionsOf(ann.userId) > 0) await new Promise((resolve) => setImmediate(resolve));
      scene.server.clock.advance(limit - 1);
      expect(await theirs.everything()).toEqual([]);
      scene.server.clock.advance(1);
      expect(await theirs.everything()).toMatchObject([{ type: 'presence.updated', data: { userId: ann.userId, status: 'offline' } }]);
    },
  },
  presenceAwayMs: {
    says: 'whoever sends nothing for that time is away',
    config: { presenceAwayMs: 60_000 },
    door: 'socket',
    async run(scene, limit) {
      const { ann, ben } = await two(scene);
      const theirs = await ben.connect();
      const mine = await ann.connect();
      await theirs.everything();
      scene.server.clock.advance(limit - 1);
      mine.send('{"type":"ping"}');
      expect(await theirs.everything()).toEqual([]);
      // The room is looked through every second.
      scene.server.clock.advance(1_000);
      expect(await theirs.everything()).toMatchObject([{ type: 'presence.updated', data: { userId: ann.userId, status: 'away' } }]);
    },
  },
  presenceWatchMax: {
    says: 'that many people may be watched or asked for at once, and no more',
    config: { presenceWatchMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const ids = (await Promise.all(upTo(limit + 1).map((n) => server.person(`P${n}`)))).map((person) => person.userId);
      expect(await ann.must('presence.get', { ids: ids.slice(0, limit) }, door)).toMatchObject({ items: { length: limit } });
      expectRefused(await ann.by(door, 'presence.get', { ids }), 'ids', limit);
      expect(await ann.must('presence.watch', { userIds: ids.slice(0, limit) }, 'socket')).toMatchObject({ items: { length: limit } });
      expectRefused(await ann.by('socket', 'presence.watch', { userIds: ids }), 'userIds', limit);
    },
  },
  keysPerOrganisationMax: {
    says: 'an organisation has that many keys; another one only when one is revoked',
    config: { keysPerOrganisationMax: 2 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const create = () => owner.by(door, 'key.create', { name: 'Key', scopes: ['read'] });
      const answers = await Promise.all(upTo(limit + 1).map(create));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(limit);
      for (const answer of answers.filter(({ ok }) => !ok)) expectRefused(answer, 'orgId', limit);
      const [first] = (await owner.must('key.list')).items;
      await owner.must('key.revoke', { keyId: first.id });
      expect(await create()).toMatchObject({ ok: true });
    },
  },
  keyMaxAgeS: {
    says: 'a key expires, after that time at the latest',
    config: { keyMaxAgeS: 3_600 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const create = (more: object) => owner.by(door, 'key.create', { name: 'Key', scopes: ['read'], ...more });
      const longest = server.clock.now() + limit * 1000;
      expect(await create({ expiresAt: longest })).toMatchObject({ ok: true, data: { expiresAt: longest } });
      expectRefused(await create({ expiresAt: longest + 1 }), 'expiresAt', limit);
      expectRefused(await create({}), 'expiresAt', limit);
    },
  },
  auditRetentionS: {
    says: 'an entry of the audit is there for that long, and gone the next time that old ones are looked for',
    config: { auditRetentionS: 7_200 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const { id: orgId } = (await owner.must('person.me')).organisations[0];
      await owner.must('key.create', { name: 'Key', scopes: ['read'] }, door);
      const read = async () => (await owner.must('audit.list', { orgId })).items.length;
      server.clock.advance(limit * 1000);
      await server.app.jobsDone();
      await pruneAudit(server.app.ports);
      expect(await read()).toBe(1);
      // It is looked for every hour.
      server.clock.advance(3_600_000);
      await server.app.jobsDone();
      expect(await read()).toBe(0);
    },
  },
  rateKeyCommandsPerMinute: {
    says: 'a key makes that many calls, whoever it acts as; people, other keys and its people themselves are not disturbed',
    config: { rateKeyCommandsPerMinute: 4 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const [first, second] = await Promise.all(upTo(2).map(() => owner.must('key.create', { name: 'Key', scopes: ['read', 'people:act-as'] })));
      const holders = [server.holder(first.secret), server.holder(first.secret, owner.userId)];
      for (const n of upTo(limit)) await holders[n % 2]?.must('person.me', {}, door);
      for (const holder of holders) expect(await holder.by(door, 'person.me')).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
      await owner.must('person.me', {}, door);
      await server.holder(second.secret, owner.userId).must('person.me', {}, door);
    },
  },
  rateReadsPerMinute: rate('message.list', () => ({})),
  rateWritesPerMinute: rate('membership.update', () => ({ pinned: true })),
  rateSendsPerMinute: rate('message.send', () => ({ content: 'x' })),
  rateSignalsPerMinute: rate('typing.set', () => ({ typing: true })),
};

function rate(command: string, input: () => Record<string, unknown>): Trial {
  return {
    says: `that many calls like ${command} pass, the next is told how long to wait, and others are not disturbed`,
    config: { rateReadsPerMinute: 5, rateWritesPerMinute: 5, rateSendsPerMinute: 5, rateSignalsPerMinute: 5 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      // Making the conversation was a writing command of Ann's.
      const used = command === 'membership.update' ? 1 : 0;
      for (const _ of upTo(limit - used)) await ann.must(command, { conversationId, ...input() }, scene.door);
      const refused = await ann.by(scene.door, command, { conversationId, ...input() });
      expect(refused).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
      if (!refused.ok) expect(refused.error.retryAfter).toBeWithin(1, 61);
      await ben.must(command, { conversationId, ...input() }, scene.door);
    },
  };
}

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

async function two({ server }: Scene): Promise<{ ann: Person; ben: Person; conversationId: string }> {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  return { ann, ben, conversationId };
}

function expectRefused(answer: Answer, path: string, limit: number): void {
  expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_input', details: [{ path, limit }] } });
}

/** Resolves at the next call of a method that fits; what it does stays the same. */
function called(of: any, name: string, fits: (...args: any[]) => boolean = () => true): Promise<void> {
  const original = of[name];
  const { promise, resolve } = Promise.withResolvers<void>();
  of[name] = (...args: unknown[]) => {
    if (fits(...args)) {
      of[name] = original;
      resolve();
    }
    return original(...args);
  };
  return promise;
}

async function framesRead({ url }: TestServer): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^chinwag_frames_total (\d+)$/m.exec(metrics)?.[1]);
}
