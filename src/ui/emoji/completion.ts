import type { Query } from '../chat/mentions.ts';

export type OfferedEmoji = { emoji: string; label: string };

/** A colon that begins a word, and two letters of a name: ":)" and "10:30" stay what they are. */
const OPENING = /(?:^|[\s([{"'„“«])(:[\p{L}\p{N}_+-]{2,30})$/u;

/** The name of an emoji that is being typed at the caret: `from` is where its colon stands. Null: none. */
export function emojiQueryAt(text: string, caret: number): Query | null {
  const found = OPENING.exec(text.slice(0, caret))?.[1];
  return found === undefined ? null : { from: caret - found.length, text: found.slice(1) };
}

/** First those with a `:code:` that begins like this, then those with such a word in their name, then in what describes them. */
export function matchingEmoji<Emoji extends { label: string; tags: readonly string[] }>(
  emoji: readonly Emoji[],
  beginning: string,
  max: number,
): Emoji[] {
  const wanted = beginning.toLowerCase();
  const code = `:${wanted}`;
  const ranks = emoji.map((candidate) => {
    const { label, tags } = candidate;
    if (tags.includes(`${code}:`)) return 0;
    if (tags.some((tag) => tag.startsWith(code))) return 1;
    if (
      label
        .toLowerCase()
        .split(/[\s-]+/u)
        .some((word) => word.startsWith(wanted))
    )
      return 2;
    return tags.some((tag) => tag.toLowerCase().startsWith(wanted)) ? 3 : 4;
  });
  return [0, 1, 2, 3].flatMap((rank) => emoji.filter((_, i) => ranks[i] === rank)).slice(0, max);
}

/** The text with the emoji in place of what was typed of its name, and where the caret goes. */
export function withEmoji(text: string, caret: number, { from }: Query, emoji: string): { text: string; caret: number } {
  const before = `${text.slice(0, from)}${emoji} `;
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length };
}
