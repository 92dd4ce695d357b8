import type { Conversation } from '../../wire/conversations.ts';
import { titleOf } from '../conversation.ts';
import { longTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { navigate } from '../route.ts';
import { useChat, useNow } from '../state.ts';
import { useUnreadThreads } from '../threads/use-threads.ts';
import type { PanelKind } from './panels.tsx';

type Toggled = Exclude<PanelKind, 'thread'>;
type Props = { conversation: Conversation; panel: PanelKind | null; onToggle(panel: Toggled): void };

export function ChatHeader({ conversation, panel, onToggle }: Props) {
  const { t } = useI18n();
  const { id, kind, peer } = conversation;
  const title = titleOf(t, conversation);
  const unreadThreads = useUnreadThreads(id) ? t.thread.unread : null;
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
      <div className="chat-actions">
        <PanelButton
          icon="thread"
          label={t.thread.list}
          dot={unreadThreads}
          open={panel === 'threads' || panel === 'thread'}
          onClick={() => onToggle('threads')}
        />
        {kind !== 'direct' && (
          <PanelButton icon="people" label={t.people.showMembers} open={panel === 'members'} onClick={() => onToggle('members')} />
        )}
      </div>
    </header>
  );
}

type PanelButtonProps = { icon: IconName; label: string; open: boolean; dot?: string | null; onClick(): void };

/** `dot` says what is new behind it. */
function PanelButton({ icon, label, open, dot = null, onClick }: PanelButtonProps) {
  const name = dot === null ? label : `${label}, ${dot}`;
  return (
    <button type="button" className="icon-button" aria-label={name} aria-expanded={open} title={name} onClick={onClick}>
      <Icon name={icon} />
      {dot !== null && <span className="dot" />}
    </button>
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
