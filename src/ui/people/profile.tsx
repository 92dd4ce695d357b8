import { useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Profile as PersonProfile } from '../../wire/person.ts';
import { ConversationOptions } from '../chat/conversation-options.tsx';
import { LastSeen } from '../chat/last-seen.tsx';
import { fullTime, localTime } from '../format.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { useNotify } from '../parts/notice.tsx';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { navigate, pathOf } from '../route.ts';
import { useChat, useClient, useNow } from '../state.ts';
import { Block } from './block.tsx';
import { useProfile } from '../../client/react/index.ts';

type Props = { userId: string; conversation: Conversation; onBack: (() => void) | undefined; onClose(): void };

/** Somebody else: who they are, what they say of themselves, what time it is there, and what one can do. */
export function Profile({ userId, conversation, onBack, onClose }: Props) {
  const { t } = useI18n();
  const { profile, error, retry } = useProfile(userId, conversation);
  return (
    <Panel title={t.profile.title} onBack={onBack} onClose={onClose}>
      {profile ? (
        <div className="profile">
          <About profile={profile} />
          {profile.capabilities.message && conversation.peer?.id !== userId && <Write userId={userId} />}
          {conversation.peer?.id === userId && <ConversationOptions conversation={conversation} />}
          <div className="profile-actions">
            {profile.blocked && <p className="profile-line">{t.profile.blocked}</p>}
            {profile.capabilities.block && <Block userId={userId} name={profile.name} blocked={profile.blocked} />}
          </div>
        </div>
      ) : (
        <PanelState loading={error === null} error={error} empty="" onRetry={retry} />
      )}
    </Panel>
  );
}

function About({ profile: { id, name, avatarUrl, statusText, timeZone, status, lastActiveAt } }: { profile: PersonProfile }) {
  const { t, locale } = useI18n();
  const now = useNow();
  const presence = useChat((state) => state.presence.get(id)) ?? { userId: id, status, lastActiveAt };
  return (
    <div className="profile-about">
      <Avatar id={id} name={name} url={avatarUrl} status={presence.status} size="large" />
      <h3>
        <bdi>{name}</bdi>
      </h3>
      <p className="profile-line">
        <LastSeen presence={presence} />
      </p>
      {statusText && (
        <p className="profile-status" dir="auto">
          {statusText}
        </p>
      )}
      {timeZone !== null && (
        <p className="profile-line">
          <time dateTime={new Date(now).toISOString()} title={fullTime(locale, now)}>
            {t.profile.localTime(localTime(locale, now, timeZone))}
          </time>
          {' · '}
          {timeZone.replaceAll('_', ' ')}
        </p>
      )}
    </div>
  );
}

function Write({ userId }: { userId: string }) {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  function write(): void {
    setBusy(true);
    client
      .startDirect(userId)
      .then(
        (conversation) => navigate(pathOf(conversation.id)),
        (error: unknown) => notify(sentenceOf(t, error)),
      )
      .finally(() => setBusy(false));
  }
  return (
    <button type="button" className="button button-wide" disabled={busy} onClick={write}>
      {t.profile.message}
    </button>
  );
}
