import type { Conversation } from '../../wire/conversations.ts';
import { titleOf } from '../conversation.ts';
import { longTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { navigate } from '../route.ts';
import { useChat, useNow } from '../state.ts';

type Props = { conversation: Conversation; onMembers?: () => void; showingMembers?: boolean };

export function ChatHeader({ conversation, onMembers, showingMembers }: Props) {
  const { t } = useI18n();
  const { id, kind, peer } = conversation;
  const title = titleOf(t, conversation);
  return (
    <header className="chat-header">
      <button type="button" className="icon-button chat-back" aria-label={t.chat.back} onClick={() => navigate('/')}>
        <Icon name="back" />
      </button>
      <Avatar id={peer?.id ?? id} name={title} url={peer?.avatarUrl ?? conversation.avatarUrl} group={kind !== 'direct'} size="small" />
      <div className="chat-heading">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p>{peer ? <LastSeen userId={peer.id} /> : t.people.memberCount(conversation.memberCount)}</p>
      </div>
      {onMembers && (
        <button
          type="button"
          className="icon-button"
          aria-label={t.people.showMembers}
          aria-expanded={showingMembers}
          title={t.people.showMembers}
          onClick={onMembers}
        >
          <Icon name="people" />
        </button>
      )}
    </header>
  );
}

function LastSeen({ userId }: { userId: string }) {
  const { t, locale } = useI18n();
  const presence = useChat((state) => state.presence.get(userId));
  const now = useNow();
  if (!presence) return null;
  if (presence.status !== 'offline') return <span className={`status status-${presence.status}`}>{t.presence[presence.status]}</span>;
  return presence.lastActiveAt === null ? t.presence.offline : t.presence.lastSeen(longTime(locale, presence.lastActiveAt, now));
}
