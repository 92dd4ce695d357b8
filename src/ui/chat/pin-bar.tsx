import type { Conversation } from '../../wire/conversations.ts';
import { textOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useChat } from '../state.ts';
import { usePlace } from './place.ts';
import { usePins } from '../../client/react/index.ts';

type Props = { conversation: Conversation; onJump(seq: number): void; onList(): void };

/** What was pinned last, below the header; nothing where nothing is pinned. */
export function PinBar({ conversation, onJump, onList }: Props) {
  const { t } = useI18n();
  const { pins = [] } = usePins(conversation.id);
  const myId = useChat((state) => state.me?.id);
  const { openThread } = usePlace();
  const [newest] = pins;
  if (!newest) return null;
  return (
    <section className="pin-bar" aria-label={t.pin.list}>
      <button
        type="button"
        className="pin-newest"
        onClick={() => (newest.threadId !== null && !newest.alsoToConversation ? openThread(newest.threadId) : onJump(newest.seq))}
      >
        <Icon name="pin" />
        <span className="pin-text">
          <strong>
            <bdi>{newest.sender.name}</bdi>
          </strong>{' '}
          <bdi>{textOf(t, newest, myId)}</bdi>
        </span>
      </button>
      <button type="button" className="link-button" aria-label={t.pin.showAll(pins.length)} onClick={onList}>
        {t.pin.all(pins.length)}
      </button>
    </section>
  );
}
