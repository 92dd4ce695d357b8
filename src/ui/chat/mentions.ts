/** What stands for everybody, on the wire and in the text. */
export const EVERYBODY = 'all';

/** As long as a name that somebody is still typing may be. */
const QUERY_MAX = 60;
const OPENING = /(?:^|[\s([{"'„“«])@([^@\n]*)$/u;

export type Query = { from: number; text: string };

/** The name that is being typed at the caret: `from` is where its @ stands. Null: none. */
export function queryAt(text: string, caret: number): Query | null {
  const found = OPENING.exec(text.slice(0, caret))?.[1];
  if (found === undefined || found.length > QUERY_MAX || /^\s|\s\s/u.test(found)) return null;
  return { from: caret - found.length - 1, text: found };
}

/** Whose name, or a later word of it, begins like this. Case and accents do not matter; the beginning of the name wins. */
export function matching<Person extends { name: string }>(people: readonly Person[], query: string): Person[] {
  const wanted = plain(query);
  const begins = ({ name }: Person): boolean => plain(name).startsWith(wanted);
  const within = ({ name }: Person): boolean => plain(name).includes(` ${wanted}`);
  return [...people.filter(begins), ...people.filter((person) => !begins(person) && within(person))];
}

/** The text with the whole name in place of what was typed of it, and where the caret goes. */
export function completed(text: string, caret: number, { from }: Query, name: string): { text: string; caret: number } {
  const before = `${text.slice(0, from)}@${name} `;
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length };
}

/** Of those who were chosen, whose name is still in the text. */
export function mentionedIn(text: string, chosen: ReadonlyMap<string, string>): string[] {
  const found = new Set(splitMentions(text, chosen).map(({ id }) => id));
  return [...chosen.keys()].filter((id) => found.has(id));
}

export type MentionPiece = { text: string; id: string | null };

/** The text with the mentions in it apart. Of two names that both fit the longer one is meant; "@Ann" is not in "@Anna". */
export function splitMentions(text: string, names: ReadonlyMap<string, string>): MentionPiece[] {
  if (names.size === 0 || !text.includes('@')) return [{ text, id: null }];
  const ids = new Map([...names].map(([id, name]) => [`@${name}`, id]));
  const longestFirst = [...ids.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}_])`, 'gu');
  const pieces: MentionPiece[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (index > from) pieces.push({ text: text.slice(from, index), id: null });
    pieces.push({ text: found, id: ids.get(found) ?? null });
    from = index + found.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), id: null });
  return pieces;
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
}
