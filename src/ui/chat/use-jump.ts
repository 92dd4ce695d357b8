import { useCallback, useEffect, useEffectEvent, type RefObject } from 'react';
import { findMessage } from '../../client/index.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { useNotify } from '../parts/notice.tsx';
import { reached, useTarget } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import { scrollToMessage } from './focus.ts';

/** Shows a message of a conversation by its `seq`: on the screen at once, from the past after it was read. */
export function useJump(conversationId: string, column: RefObject<HTMLElement | null>): (seq: number) => void {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  return useCallback(
    (seq: number): void => {
      if (scrollToMessage(column.current, seq)) return;
      client.openAround(conversationId, seq).then(
        () => requestAnimationFrame(() => scrollToMessage(column.current, seq)),
        (error: unknown) => notify(sentenceOf(t, error)),
      );
    },
    [t, client, notify, conversationId, column],
  );
}

/** Goes where the address points to: a message in the conversation, or in one of its threads. */
export function useAddressed(conversationId: string, jump: (seq: number) => void, openThread: (threadId: string, at: number) => void): void {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const target = useTarget();
  const ready = useChat((state) => state.timelines.get(conversationId)?.status === 'ready');

  const go = useEffectEvent(async (messageId: string): Promise<void> => {
    reached();
    try {
      const message = findMessage(client.get(), conversationId, messageId) ?? (await client.call('message.get', { messageId }));
      if (message.threadId !== null && !message.alsoToConversation) openThread(message.threadId, message.seq);
      else jump(message.seq);
    } catch (error) {
      notify(sentenceOf(t, error));
    }
  });
  useEffect(() => {
    if (target !== null && ready) void go(target);
  }, [target, ready]);
}
