import type { Conversation } from '../../wire/conversations.ts';
import { titleOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { navigate } from '../route.ts';
import { useChat } from '../state.ts';
import { useUnreadThreads } from '../threads/use-threads.ts';
import { LastSeen } from './last-seen.tsx';
import type { OpenPanel, PanelKind } from './panels.tsx';

type Props = { conversation: Conversation; panel: PanelKind | null; onToggle(panel: OpenPanel): void };

export function ChatHeader({ conversation, panel, onToggle }: Props) {
  const { t } = useI18n();
  const { id, kind, peer } = conversation;
  const title = titleOf(t, conversation);
  const presence = useChat((state) => (peer ? state.presence.get(peer.id) : undefined));
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
        <p>
          {peer ? <LastSeen presence={presence} /> : t.people.memberCount(conversation.memberCount)}
          {peer?.statusText && (
            <>
              {presence && ' · '}
              <bdi>{peer.statusText}</bdi>
            </>
          )}
        </p>
      </div>
      <div className="chat-actions">
        <PanelButton
          icon="thread"
          label={t.thread.list}
          dot={unreadThreads}
          open={panel === 'threads' || panel === 'thread'}
          onClick={() => onToggle({ kind: 'threads' })}
        />
        {kind !== 'direct' && (
          <PanelButton icon="people" label={t.people.showMembers} open={panel === 'members'} onClick={() => onToggle({ kind: 'members' })} />
        )}
        {peer && (
          <PanelButton
            icon="person"
            label={t.profile.show}
            open={panel === 'profile'}
            onClick={() => onToggle({ kind: 'profile', userId: peer.id, from: null })}
          />
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
