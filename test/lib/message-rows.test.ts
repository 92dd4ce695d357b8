import { expect, test } from 'bun:test';
import { createMessageRows } from '../../src/kernel/message-rows.ts';

type Row = Parameters<ReturnType<typeof createMessageRows>['keep']>[0];

const rowOf = (seq: number, rev: number, content = ''): Row => ({
  id: `m${seq}`,
  conversationId: 'c',
  orgId: 'o',
  seq,
  rev,
  senderId: 's',
  clientId: `k${seq}`,
  fingerprint: null,
  type: 'text',
  content,
  metadata: {},
  reactions: [],
  replyToId: null,
  threadId: null,
  alsoToConversation: false,
  replyCount: 0,
  lastReplyAt: null,
  mentions: [],
  forwardedFrom: null,
  poll: null,
  linkPreview: null,
  pinnedAt: null,
  pinnedBy: null,
  apiKeyId: null,
  editedAt: null,
  deletedAt: null,
  createdAt: 0,
});

test('a row is given back under its own rev only', () => {
  const rows = createMessageRows(1_000_000);
  rows.keep(rowOf(1, 5));
  expect([rows.get('c', 1, 5)?.id, rows.get('c', 1, 4), rows.get('c', 1, 6), rows.get('c', 15, 5), rows.get('c1', 1, 5)]).toEqual([
    'm1',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  rows.keep(rowOf(1, 6));
  expect([rows.get('c', 1, 5), rows.get('c', 1, 6)?.rev]).toEqual([undefined, 6]);
});

test('rows take messageCacheBytes at most: one more takes the place of the one used longest ago', () => {
  const size = (content: string): number => {
    const rows = createMessageRows(1_000_000);
    rows.keep(rowOf(1, 1, content));
    return rows.bytes;
  };
  const rows = createMessageRows(3 * size(''));
  for (const seq of [1, 2, 3]) rows.keep(rowOf(seq, 1));
  expect([1, 2, 3].map((seq) => rows.get('c', seq, 1)?.seq)).toEqual([1, 2, 3]);
  rows.get('c', 1, 1);
  rows.keep(rowOf(4, 1));
  expect([1, 2, 3, 4].map((seq) => rows.get('c', seq, 1)?.seq)).toEqual([1, undefined, 3, 4]);
  // What alone is larger than all of them is not kept, and a text counts with its length.
  rows.keep(rowOf(5, 1, 'x'.repeat(3 * size(''))));
  expect([rows.get('c', 5, 1), rows.get('c', 4, 1)?.seq]).toEqual([undefined, 4]);
  expect(size('x'.repeat(1_000)) - size('')).toBe(2_000);
});

test('with no room nothing is kept', () => {
  const rows = createMessageRows(0);
  rows.keep(rowOf(1, 1));
  expect(rows.get('c', 1, 1)).toBeUndefined();
});
