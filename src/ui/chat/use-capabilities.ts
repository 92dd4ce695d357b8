import { useEffect, useState } from 'react';
import type { Message, MessageCapabilities } from '../../wire/messages.ts';
import { useChat, useClient } from '../state.ts';

/** `mayClosePoll`, `mayEdit` and `mayDelete`: it is worth showing; whether it is allowed the server has yet to say. */
export type Allowed = MessageCapabilities & { pin: boolean; mayClosePoll: boolean; mayEdit: boolean; mayDelete: boolean };

/**
 * What I may do with a message. A message that came by an event does not say it, so the server is asked when the menu opens:
 * it alone knows the windows for editing and deleting. What follows from the conversation is there at once.
 */
export function useCapabilities(message: Message): Allowed {
  const client = useClient();
  const conversation = useChat((state) => state.conversations.get(message.conversationId)?.capabilities);
  const mine = useChat((state) => state.me?.id === message.sender.id);
  const [answered, setAnswered] = useState<MessageCapabilities | null>(null);
  const { id } = message;
  useEffect(() => {
    // Without an answer the two entries stay as they are: not possible.
    client.call('message.get', { messageId: id }).then(
      ({ capabilities }) => setAnswered(capabilities),
      () => {},
    );
  }, [client, id]);
  const post = conversation?.post ?? false;
  return {
    reply: post,
    react: post,
    forward: true,
    edit: false,
    delete: false,
    ...answered,
    pin: conversation?.pin ?? false,
    mayClosePoll: message.poll?.closedAt === null && (mine || (conversation?.removeMembers ?? false)),
    mayEdit: mine && message.type === 'text' && message.forwardedFrom === null && post,
    mayDelete: mine || (conversation?.removeMembers ?? false),
  };
}
