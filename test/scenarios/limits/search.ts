import { expect } from 'bun:test';
import { upTo } from '../../support/rows.ts';
import { indexed } from '../../support/searching.ts';
import { expectRefused, two, type Trials } from './trial.ts';

export const search: Trials = {
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
};
