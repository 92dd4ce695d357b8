import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { textOf } from '../conversation.ts';
import { fullTime, longTime } from '../format.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { useNotify } from '../parts/notice.tsx';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useChat, useClient, useNow } from '../state.ts';
import { Rich } from './content.tsx';
import { usePlace } from './place.ts';
import { MentionedContext, useMentionedNames } from './use-mentions.ts';
import { usePins } from '../../client/react/index.ts';

type Props = { conversation: Conversation; onJump(seq: number): void; onClose(): void };

const none: readonly Message[] = [];

/** Everything that is pinned, the one pinned last first. */
export function Pins({ conversation, onJump, onClose }: Props) {
  const { t } = useI18n();
  const { pins, error, retry } = usePins(conversation.id);
  const names = useMentionedNames(conversation, pins ?? none);
  return (
    <Panel title={t.pin.list} onClose={onClose}>
      {pins && pins.length > 0 ? (
        <MentionedContext value={names}>
          <ul className="panel-list">
            {pins.map((message) => (
              <Pin key={message.id} message={message} mayUnpin={conversation.capabilities.pin} onJump={onJump} />
            ))}
          </ul>
        </MentionedContext>
      ) : (
        <PanelState loading={!pins} error={pins ? null : error} empty={t.pin.none} onRetry={retry} />
      )}
    </Panel>
  );
}

function Pin({ message, mayUnpin, onJump }: { message: Message; mayUnpin: boolean; onJump(seq: number): void }) {
  const { t, locale } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const now = useNow();
  const myId = useChat((state) => state.me?.id);
  const { openThread } = usePlace();
  const { sender, threadId, alsoToConversation } = message;
  const unpin = (): void =>
    void client.setPinned(message.id, false).then(
      () => notify(t.pin.unpinned),
      (error: unknown) => notify(sentenceOf(t, error)),
    );
  return (
    <li className="card">
      <header className="card-header">
        <Avatar id={sender.id} name={sender.name} url={sender.avatarUrl} size="small" />
        <span className="card-who">
          <bdi className="card-name">{sender.name}</bdi>
          <time dateTime={new Date(message.createdAt).toISOString()} title={fullTime(locale, message.createdAt)}>
            {longTime(locale, message.createdAt, now)}
          </time>
        </span>
        {mayUnpin && (
          <button type="button" className="icon-button" aria-label={t.pin.remove} title={t.pin.remove} onClick={unpin}>
            <Icon name="unpin" />
          </button>
        )}
      </header>
      <p className="card-text" dir="auto">
        <Rich text={textOf(t, message, myId)} mentions={message.mentions} />
      </p>
      <button
        type="button"
        className="link-button card-action"
        onClick={() => (threadId !== null && !alsoToConversation ? openThread(threadId) : onJump(message.seq))}
      >
        {t.pin.show}
      </button>
    </li>
  );
}
