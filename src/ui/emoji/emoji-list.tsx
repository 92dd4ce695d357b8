import { useI18n } from '../i18n/index.ts';
import type { OfferedEmoji } from './completion.ts';

type Props = { id: string; emoji: readonly OfferedEmoji[]; active: number; onPick(emoji: OfferedEmoji): void };

/** As the list of names: the focus stays in the text, which says which of these is the active one. */
export function EmojiList({ id, emoji, active, onPick }: Props) {
  const { t } = useI18n();
  return (
    <div id={id} className="mention-list" role="listbox" aria-label={t.emoji.title}>
      {emoji.map((offered, i) => (
        <div
          key={offered.label}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          className="mention-option"
          // A press must not take the focus from the text.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(offered)}
        >
          <span className="emoji-offered" aria-hidden="true">
            {offered.emoji}
          </span>
          <span className="person-name">{offered.label}</span>
        </div>
      ))}
    </div>
  );
}
