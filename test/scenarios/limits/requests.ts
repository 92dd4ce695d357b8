import { expect } from 'bun:test';
import type { Answer } from '../../support/person.ts';
import { upTo } from '../../support/rows.ts';
import { holdConversation } from '../../support/store.ts';
import { called, two, type Trials, type Trial } from './trial.ts';

export const requests: Trials = {
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
      const begun = called(scene.server.app.ports.store, 'tx');
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
