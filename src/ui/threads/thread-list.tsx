import { useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Thread } from '../../wire/threads.ts';
import { textOf } from '../conversation.ts';
import { fullTime, shortTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Badge } from '../parts/badge.tsx';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useChat, useNow } from '../state.ts';
import { useThreads } from './use-threads.ts';

type Props = { conversation: Conversation; onOpen(threadId: string): void; onClose(): void };

const FACES = 4;

/** The threads of a conversation: all, or those that I am part of. */
export function ThreadList({ conversation, onOpen, onClose }: Props) {
  const { t } = useI18n();
  const [mine, setMine] = useState(false);
  const { threads, error, more, retry } = useThreads(conversation, mine);
  return (
    <Panel title={t.thread.list} onClose={onClose}>
      <div className="switch panel-switch" role="group" aria-label={t.thread.list}>
        <button type="button" aria-pressed={!mine} onClick={() => setMine(false)}>
          {t.thread.all}
        </button>
        <button type="button" aria-pressed={mine} onClick={() => setMine(true)}>
          {t.thread.mine}
        </button>
      </div>
      {threads && threads.items.length > 0 ? (
        <ul className="panel-list">
          {threads.items.map((thread) => (
            <ThreadRow key={thread.message.id} thread={thread} onOpen={onOpen} />
          ))}
          {threads.cursor && (
            <li>
              <button type="button" className="link-button" onClick={more}>
                {t.people.more}
              </button>
            </li>
          )}
        </ul>
      ) : (
        <PanelState loading={!threads} error={threads ? null : error} empty={mine ? t.thread.noneMine : t.thread.none} onRetry={retry} />
      )}
    </Panel>
  );
}

function ThreadRow({ thread: { message, unread, participants }, onOpen }: { thread: Thread; onOpen(threadId: string): void }) {
  const { t, locale } = useI18n();
  const now = useNow();
  const myId = useChat((state) => state.me?.id);
  const { replyCount, lastReplyAt } = message.thread ?? { replyCount: 0, lastReplyAt: message.createdAt };
  return (
    <li>
      <button type="button" className="card card-button" onClick={() => onOpen(message.id)}>
        <span className="card-header">
          <bdi className="card-name">{message.sender.name}</bdi>
          <time dateTime={new Date(lastReplyAt).toISOString()} title={fullTime(locale, lastReplyAt)}>
            {shortTime(locale, lastReplyAt, now)}
          </time>
        </span>
        <span className="card-text card-short" dir="auto">
          {textOf(t, message, myId)}
        </span>
        <span className="card-footer">
          <span className="faces">
            {participants.slice(0, FACES).map(({ id, name, avatarUrl }) => (
              <Avatar key={id} id={id} name={name} url={avatarUrl} size="tiny" />
            ))}
          </span>
          <span className="card-count">{t.thread.replies(replyCount)}</span>
          <Badge count={unread} />
        </span>
      </button>
    </li>
  );
}
