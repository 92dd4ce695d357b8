import { EmojiPicker, type EmojiData, type EmojiPickerListComponents } from 'frimousse';
import { useEffect, useMemo, useRef, type RefObject } from 'react';
import { useI18n } from '../i18n/index.ts';
import { touched } from '../parts/touch.ts';
import { withRecent } from './data.ts';
import { rememberSkinTone, skinTone, TONES } from './kept.ts';

export { loadEmoji, offerEmoji } from './data.ts';

const COLUMNS = 8;

/** Fetched when it is first opened. What is looked at and typed is the library's; this is its shape, its words and what it remembers. */
export function Picker({ data, onPick }: { data: EmojiData; onPick(emoji: string): void }) {
  const { t } = useI18n();
  const all = useMemo(() => withRecent(data, t.emoji.recent), [data, t]);
  const viewport = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!touched()) search.current?.focus();
  }, []);
  return (
    <EmojiPicker.Root
      className="emoji-picker"
      locale={t.language}
      columns={COLUMNS}
      skinTone={skinTone()}
      resolveEmojiData={() => all}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <EmojiPicker.Search className="emoji-search" aria-label={t.emoji.search} placeholder={t.emoji.search} ref={search} />
      <Categories data={all} viewport={viewport} />
      {/* By keyboard it is reached with the arrow keys from the field. */}
      <EmojiPicker.Viewport ref={viewport} className="emoji-viewport">
        <EmojiPicker.Empty>
          <p className="emoji-none" role="status">
            {t.emoji.none}
          </p>
        </EmojiPicker.Empty>
        <EmojiPicker.List aria-label={t.emoji.title} components={components} />
      </EmojiPicker.Viewport>
      <footer className="emoji-footer">
        <EmojiPicker.ActiveEmoji>{({ emoji }) => <span className="emoji-name">{emoji?.label}</span>}</EmojiPicker.ActiveEmoji>
        <Tones />
      </footer>
    </EmojiPicker.Root>
  );
}

const components: Partial<EmojiPickerListComponents> = {
  CategoryHeader: ({ category, ...props }) => (
    <div {...props} className="emoji-category">
      {category.label}
    </div>
  ),
  Row: ({ children, ...props }) => (
    <div {...props} aria-rowindex={fromOne(props['aria-rowindex'])} className="emoji-row">
      {children}
    </div>
  ),
  Emoji: ({ emoji, ...props }) => (
    <button type="button" {...props} role="gridcell" aria-colindex={fromOne(props['aria-colindex'])} className="emoji">
      {emoji.emoji}
    </button>
  ),
};

/** The library counts from 0, ARIA from 1. */
function fromOne(index: number | undefined): number | undefined {
  return index === undefined ? undefined : index + 1;
}

/** Buttons that scroll to a category, each with its first emoji. */
function Categories({ data: { categories, emojis }, viewport }: { data: EmojiData; viewport: RefObject<HTMLElement | null> }) {
  const { t } = useI18n();
  const filled = categories.filter(({ index }) => emojis.some(({ category }) => category === index));
  function show(n: number): void {
    const found = viewport.current?.querySelectorAll<HTMLElement>('[frimousse-category]')[n];
    if (found) viewport.current?.scrollTo({ top: found.offsetTop });
  }
  return (
    <div className="emoji-categories" role="group" aria-label={t.emoji.categories}>
      {filled.map(({ index, label }, n) => (
        <button key={index} type="button" className="emoji-tab" aria-label={label} title={label} onClick={() => show(n)}>
          {n === 0 && index < 0 ? '🕘' : emojis.find(({ category }) => category === index)?.emoji}
        </button>
      ))}
    </div>
  );
}

function Tones() {
  const { t } = useI18n();
  return (
    <EmojiPicker.SkinTone emoji="✋">
      {({ skinTone: chosen, setSkinTone, skinToneVariations }) => (
        <span className="emoji-tones" role="group" aria-label={t.emoji.tone}>
          {skinToneVariations.map(({ skinTone: tone, emoji }) => (
            <button
              key={tone}
              type="button"
              className="emoji-tone"
              aria-label={t.emoji.tones[TONES.indexOf(tone)]}
              title={t.emoji.tones[TONES.indexOf(tone)]}
              aria-pressed={tone === chosen}
              onClick={() => {
                rememberSkinTone(tone);
                setSkinTone(tone);
              }}
            >
              {emoji}
            </button>
          ))}
        </span>
      )}
    </EmojiPicker.SkinTone>
  );
}
