import { defaultEmojiDataResolver, type EmojiData } from 'frimousse';
import { matchingEmoji, type OfferedEmoji } from './completion.ts';
import { recentEmoji, skinTone } from './kept.ts';

/** Where the build puts the data. */
const DATA_URL = '/emoji';
const RECENT_CATEGORY = -1;

/** Every emoji that the server takes and this browser can show, with names in the language. Read once, then kept by the browser. */
export function loadEmoji(language: string): Promise<EmojiData> {
  return Promise.resolve(defaultEmojiDataResolver(language, { emojibaseUrl: DATA_URL }));
}

/** The same with a category before the others of what was chosen lately. */
export function withRecent(data: EmojiData, label: string): EmojiData {
  const recent = recentEmoji().flatMap((emoji) => {
    const known = data.emojis.find((candidate) => candidate.emoji === emoji || Object.values(candidate.skins ?? {}).includes(emoji));
    return known ? [{ ...known, emoji, category: RECENT_CATEGORY, skins: undefined }] : [];
  });
  if (recent.length === 0) return data;
  return { ...data, categories: [{ index: RECENT_CATEGORY, label }, ...data.categories], emojis: [...recent, ...data.emojis] };
}

/** What to offer for the beginning of a name, in the skin tone that the person has chosen. */
export async function offerEmoji(language: string, beginning: string, max: number): Promise<OfferedEmoji[]> {
  const { emojis } = await loadEmoji(language);
  const tone = skinTone();
  return matchingEmoji(emojis, beginning, max).map(({ emoji, label, skins }) => ({
    emoji: (tone !== 'none' && skins?.[tone]) || emoji,
    label,
  }));
}
