import { describe, expect, test } from 'bun:test';
import { initialState, type PendingMessage, type State } from '../../src/client/state.ts';
import { lastOwn } from '../../src/ui/keys/last-own.ts';
import { ariaOf, isPressed, keys, type KeyName } from '../../src/ui/keys/table.ts';

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('a shortcut', () => {
  test.each<[KeyName, Partial<KeyboardEvent>, boolean]>([
    ['palette', { key: 'k', ctrlKey: true }, true],
    ['palette', { key: 'K', metaKey: true }, true],
    ['palette', { key: 'k', ctrlKey: true, shiftKey: true }, false],
    ['palette', { key: 'k' }, false],
    ['search', { key: '/' }, true],
    // On a German keyboard it stands above the seven.
    ['search', { key: '/', shiftKey: true }, true],
    ['search', { key: '/', ctrlKey: true }, false],
    ['help', { key: '?', shiftKey: true }, true],
    ['next', { key: 'ArrowDown', altKey: true }, true],
    ['next', { key: 'ArrowDown', altKey: true, shiftKey: true }, false],
    ['nextUnread', { key: 'ArrowDown', altKey: true, shiftKey: true }, true],
    ['reply', { key: 'r' }, true],
    ['reply', { key: 'r', metaKey: true }, false],
    ['edit', { key: 'E', shiftKey: true }, false],
  ])('%s is pressed with %o: %p', (name, event, pressed) => {
    expect(isPressed({ key: '', ...none, ...event }, name)).toBe(pressed);
  });

  test('is spelled for those who do not see it', () => {
    expect([ariaOf('palette'), ariaOf('nextUnread'), ariaOf('search')]).toEqual(['Control+K Meta+K', 'Alt+Shift+ArrowDown', '/']);
  });

  test('on a message has its key to itself', () => {
    const onMessage = [keys.reply, keys.thread, keys.react, keys.edit, keys.copy, keys.toText];
    expect(new Set<string>(onMessage).size).toBe(onMessage.length);
  });
});

describe('the last message of one’s own', () => {
  const [ann, bob] = [{ id: 'ann' }, { id: 'bob' }] as unknown as [NonNullable<State['me']>, { id: string }];
  const said = (id: string, sender: { id: string }) => ({ id, sender, type: 'text', deletedAt: null, forwardedFrom: null });
  const messages = [said('old', ann), said('last', ann), said('answer', bob)] as never;
  const timeline = { status: 'ready', messages, hasOlder: false, hasNewer: false } as const;
  const waiting = (status: PendingMessage['status'], threadId: string | null = null) => [{ status, threadId } as PendingMessage];
  const state = (pending: readonly PendingMessage[]): State => ({
    ...initialState,
    me: ann,
    timelines: new Map([['talk', timeline]]),
    outbox: new Map([['talk', pending]]),
  });

  test('is the one to edit, and none is while a later one is on its way', () => {
    expect(lastOwn(state([]), 'talk', null)?.id).toBe('last');
    expect(lastOwn(state(waiting('pending')), 'talk', null)).toBeNull();
    expect(lastOwn(state(waiting('pending', 'a thread')), 'talk', null)?.id).toBe('last');
    expect(lastOwn(state(waiting('failed')), 'talk', null)?.id).toBe('last');
    expect(lastOwn(state([]), 'elsewhere', null)).toBeNull();
  });
});
