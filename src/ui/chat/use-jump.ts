import { useCallback, useEffect, type RefObject } from 'react';
import { findMessage } from '../../client/index.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { useNotify } from '../parts/notice.tsx';
import { reached, useTarget } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import type { Focus } from './use-focus.ts';

/** Shows a message of a conversation by its `seq`: on the screen at once, from the past after it was read. */
export function useJump(conversationId: string, messages: RefObject<Pick<Focus, 'show'> | null>): (seq: number) => void {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  return useCallback(
    (seq: number): void => {
      if (messages.current?.show(seq)) return;
      client.openAround(conversationId, seq).then(
        () => requestAnimationFrame(() => messages.current?.show(seq)),
        (error: unknown) => notify(sentenceOf(t, error)),
      );
    },
    [t, client, notify, conversationId, messages],
  );
}

type OpenThread = (threadId: string, at: number) => void;

/** Shows a message wherever it stands: in the conversation, or in one of its threads. */
export function useShow(conversationId: string, jump: (seq: number) => void, openThread: OpenThread): (messageId: string) => void {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  return useCallback(
    (messageId: string): void => {
      const held = findMessage(client.get(), conversationId, messageId);
      const found = held ? Promise.resolve(held) : client.call('message.get', { messageId });
      found.then(
        ({ threadId, alsoToConversation, seq }) => (threadId !== null && !alsoToConversation ? openThread(threadId, seq) : jump(seq)),
        (error: unknown) => notify(sentenceOf(t, error)),
      );
    },
    [t, client, notify, conversationId, jump, openThread],
  );
}

/** Goes where the address points to. */
export function useAddressed(conversationId: string, show: (messageId: string) => void): void {
  const target = useTarget();
  const ready = useChat((state) => state.timelines.get(conversationId)?.status === 'ready');
  useEffect(() => {
    if (target === null || !ready) return;
    reached();
    show(target);
  }, [target, ready, show]);
}
