import { normaliseEmoji } from '../lib/emoji.ts';

type Skin = { emoji: string; tone?: number | number[] };
type Emoji = Skin & {
  label: string;
  hexcode: string;
  version: number;
  order?: number;
  group?: number;
  subgroup?: number;
  tags?: string[];
  skins?: Skin[];
};
type Named = { key: string; message: string; order: number };
type Messages = { groups: Named[]; subgroups: Named[]; skinTones: Named[] };
type Codes = Record<string, string | string[]>;

/** The languages of the web chat. */
export const EMOJI_LANGUAGES = ['en', 'de'] as const;

/**
 * What the emoji picker reads, in each language: the form of `emojibase-data`, as small as the picker allows, and only emoji that
 * the server takes. `:codes:` are among the tags. It is fetched when somebody opens the picker, from us.
 */
export async function emojiFiles(): Promise<(readonly [path: string, bytes: Uint8Array])[]> {
  const codes = await read<Codes>('en/shortcodes/github.json');
  const files = await Promise.all(
    EMOJI_LANGUAGES.map(async (language) => {
      const messages = await read<Messages>(`${language}/messages.json`);
      const emoji = await read<Emoji[]>(`${language}/data.json`);
      return [
        [`emoji/${language}/data.json`, emojiFor(emoji, messages, codes)],
        [`emoji/${language}/messages.json`, { groups: messages.groups, subgroups: messages.subgroups, skinTones: messages.skinTones }],
      ] as const;
    }),
  );
  return files.flat().map(([path, data]) => [path, new TextEncoder().encode(JSON.stringify(data))] as const);
}

function emojiFor(emoji: Emoji[], { groups }: Messages, codes: Codes) {
  const parts = groups.find(({ key }) => key === 'component')?.order;
  return emoji
    .filter(({ group }) => group !== undefined && group !== parts)
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .flatMap((one) => {
      const emoji = normaliseEmoji(one.emoji);
      return emoji === null ? [] : [{ ...one, emoji }];
    })
    .map(({ emoji, label, hexcode, version, group, subgroup, tags = [], skins }) => ({
      emoji,
      label,
      version,
      group,
      subgroup,
      tags: [...tags, ...[codes[hexcode] ?? []].flat().map((code) => `:${code}:`)],
      ...(skins && { skins: skins.map((skin) => ({ emoji: normaliseEmoji(skin.emoji) ?? emoji, tone: skin.tone })) }),
    }));
}

function read<Data>(path: string): Promise<Data> {
  return Bun.file(Bun.resolveSync(`emojibase-data/${path}`, import.meta.dir)).json();
}
