import { useMemo } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { useI18n } from '../i18n/index.ts';
import { useChat, useTyping } from '../state.ts';

/** Who is typing. The line keeps its place, so that nothing jumps when somebody begins. */
export function TypingLine({ conversation }: { conversation: Conversation }) {
  const { t } = useI18n();
  const [typing] = useTyping(conversation.id);
  const names = useNames(conversation, typing);
  return (
    <p className="typing" aria-live="off">
      {names.length > 0 && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t.chat.typing(names)}
        </>
      )}
    </p>
  );
}

/** Names come from where we have met the people: as peer, as member, or as author of a message. */
function useNames(conversation: Conversation, userIds: readonly string[]): string[] {
  const { t } = useI18n();
  const members = useChat((state) => state.members.get(conversation.id));
  const timeline = useChat((state) => state.timelines.get(conversation.id));
  return useMemo(() => {
    const { peer } = conversation;
    return userIds.map((userId) => {
      if (peer?.id === userId) return peer.name;
      const member = members?.find((candidate) => candidate.userId === userId)?.user.name;
      return member ?? timeline?.messages.findLast(({ sender }) => sender.id === userId)?.sender.name ?? t.chat.somebody;
    });
  }, [conversation, userIds, members, timeline, t]);
}
