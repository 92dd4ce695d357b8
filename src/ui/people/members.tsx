import { useMemo, useState } from 'react';
import { useMembers, useWatched } from '../../client/react/index.ts';
import type { Conversation, MemberRole } from '../../wire/conversations.ts';
import type { Member } from '../../wire/members.ts';
import { useI18n } from '../i18n/index.ts';
import { ConversationOptions } from '../chat/conversation-options.tsx';
import { Avatar } from '../parts/avatar.tsx';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useChat } from '../state.ts';
import { AddPeople } from './add-people.tsx';
import { GroupSettings } from './group-settings.tsx';
import { Leave } from './leave.tsx';

type Props = { conversation: Conversation; onProfile(userId: string): void; onClose(): void };

const nobody: readonly Member[] = [];
const rank: Record<MemberRole, number> = { owner: 0, admin: 1, member: 2, observer: 3 };

/** Who is in a group: beside the chat, or over it where there is no room. */
export function Members({ conversation, onProfile, onClose }: Props) {
  const { t, locale } = useI18n();
  const { id, capabilities } = conversation;
  const { members: read, error, retry } = useMembers(id);
  const members = read ?? nobody;
  useWatched(members.map(({ userId }) => userId));
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState(false);
  const sorted = useMemo(
    () => [...members].sort((a, b) => rank[a.role] - rank[b.role] || a.user.name.localeCompare(b.user.name, locale)),
    [members, locale],
  );

  return (
    <Panel title={t.people.memberCount(conversation.memberCount)} onClose={onClose}>
      <div className="panel-scroll">
        {conversation.description && (
          <p className="group-description" dir="auto">
            {conversation.description}
          </p>
        )}
        <ConversationOptions conversation={conversation} />
        {read ? (
          <ul className="member-list">
            {sorted.map((member) => (
              <MemberItem key={member.userId} member={member} onProfile={onProfile} />
            ))}
          </ul>
        ) : (
          <PanelState loading error={error} empty="" onRetry={retry} />
        )}
        <div className="panel-more">
          {capabilities.update && (
            <button type="button" className="button button-quiet button-wide" onClick={() => setChanging(true)}>
              {t.settings.title}
            </button>
          )}
          {capabilities.leave && <Leave conversationId={id} />}
        </div>
      </div>
      {capabilities.addMembers && (
        <footer className="panel-footer">
          <button type="button" className="button button-wide" onClick={() => setAdding(true)}>
            {t.people.add}
          </button>
        </footer>
      )}
      {adding && <AddPeople conversationId={id} members={members} onClose={() => setAdding(false)} />}
      {changing && <GroupSettings conversation={conversation} onClose={() => setChanging(false)} />}
    </Panel>
  );
}

function MemberItem({ member: { userId, user, role }, onProfile }: { member: Member; onProfile(userId: string): void }) {
  const { t } = useI18n();
  const status = useChat((state) => state.presence.get(userId)?.status);
  const me = useChat((state) => state.me?.id === userId);
  const shown = (
    <>
      <Avatar id={userId} name={user.name} url={user.avatarUrl} status={status} size="small" />
      <span className="person-name">
        <bdi>{user.name}</bdi>
        {me && <span className="member-you"> ({t.people.you})</span>}
        {user.statusText && (
          <span className="person-status">
            <bdi>{user.statusText}</bdi>
          </span>
        )}
      </span>
      {role !== 'member' && <span className="member-role">{t.people.roles[role]}</span>}
    </>
  );
  return (
    <li className="member">
      {me ? (
        <span className="person">{shown}</span>
      ) : (
        <button type="button" className="person" title={t.profile.show} onClick={() => onProfile(userId)}>
          {shown}
        </button>
      )}
    </li>
  );
}
