import { useEffect, useState } from 'react';
import { useI18n } from '../i18n/index.ts';
import type { OfferedEmoji } from './completion.ts';

const OFFERED_MAX = 8;
const none: readonly OfferedEmoji[] = [];

type Found = { beginning: string; emoji: readonly OfferedEmoji[] };

/** The emoji whose names begin like this. The data comes with the first question; until then, and without it, none is offered. */
export function useEmojiNames(beginning: string | null): readonly OfferedEmoji[] {
  const { t } = useI18n();
  const { language } = t;
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (beginning === null) return;
    let wanted = true;
    import('./picker.tsx')
      .then(({ offerEmoji }) => offerEmoji(language, beginning, OFFERED_MAX))
      .then(
        (emoji) => wanted && setFound({ beginning, emoji }),
        // The text is a text without it as well.
        () => {},
      );
    return () => {
      wanted = false;
    };
  }, [beginning, language]);
  return beginning !== null && found?.beginning === beginning ? found.emoji : none;
}
