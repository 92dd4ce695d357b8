import type { Message } from '../../wire/messages.ts';
import type { State } from '../../client/index.ts';
import { standsIn } from '../chat/stands-in.ts';
import { isEditable } from './use-message-keys.ts';

/** The last message that the person wrote here, to be edited. Null while a later one is on its way: that one was meant, not what stands before it. */
export function lastOwn({ me, outbox, timelines, threads }: State, conversationId: string, threadId: string | null): Message | null {
  const isHere = standsIn(threadId);
  if (outbox.get(conversationId)?.some((message) => message.status === 'pending' && isHere(message))) return null;
  const { messages = [] } = (threadId === null ? timelines.get(conversationId) : threads.get(threadId)?.timeline) ?? {};
  return messages.findLast((message) => message.sender.id === me?.id && isEditable(message)) ?? null;
}
