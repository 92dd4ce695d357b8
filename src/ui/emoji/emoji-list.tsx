import { OptionList } from '../chat/option-list.tsx';
import { useI18n } from '../i18n/index.ts';
import type { OfferedEmoji } from './completion.ts';

type Props = { id: string; emoji: readonly OfferedEmoji[]; active: number; onPick(emoji: OfferedEmoji): void };

export function EmojiList({ id, emoji, active, onPick }: Props) {
  const { t } = useI18n();
  return (
    <OptionList id={id} label={t.emoji.title} options={emoji} keyOf={({ label }) => label} active={active} onPick={onPick}>
      {(offered) => (
        <>
          <span className="emoji-offered" aria-hidden="true">
            {offered.emoji}
          </span>
          <span className="person-name">{offered.label}</span>
        </>
      )}
    </OptionList>
  );
}
