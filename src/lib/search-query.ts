import { plainWords, tokensOf, type Token } from './fold.ts';

/** `whole`: the same token. `prefix`: a word that begins so. `unit`: a character of a script without spaces. */
export type Sought = { text: string; how: 'whole' | 'prefix' | 'unit' };

/** A word or a "quoted phrase": tokens that follow each other. */
export type Term = Sought[];
export type Query = { terms: Term[]; words: number };

/** Of one letter only the whole word is found: half of all words begin with it. */
const PREFIX_MIN = 2;

/** What somebody typed. Nothing in it is syntax but the quotation marks, and a missing one is forgiven. */
export function parseQuery(typed: string): Query {
  const terms: Term[] = [];
  let words = 0;
  for (const [, phrase, word] of typed.matchAll(/"([^"]*)"?|([^\s"]+)/gu)) {
    const tokens = tokensOf(phrase ?? word ?? '');
    if (tokens.length === 0) continue;
    terms.push(termOf(tokens, word !== undefined));
    words += tokens.filter((token, i) => token.unit === null || !continues(tokens[i - 1], token)).length;
  }
  return { terms, words };
}

/** Two pairs of one run of characters overlap. */
const continues = (before: Token | undefined, token: Token): boolean => before !== undefined && before.end > token.start;

function termOf(tokens: Token[], open: boolean): Term {
  const last = tokens.at(-1);
  const sought = tokens.map(({ text }): Sought => ({ text, how: 'whole' }));
  if (!last) return sought;
  if (last.unit === null) return open && [...last.text].length >= PREFIX_MIN ? [...sought.slice(0, -1), { text: last.text, how: 'prefix' }] : sought;
  // The last character stands in the pair before it; where there is none, it may be followed by others.
  return continues(tokens.at(-2), last) ? sought.slice(0, -1) : [...sought.slice(0, -1), { text: last.text, how: 'unit' }];
}

export type Range = { start: number; end: number };
export type Match = { relevance: number; ranges: Range[] };

/** Whether every term is in the text, where, and how well it fits. Null: not. `text` is in NFC. */
export function matchQuery(terms: Term[], text: string): Match | null {
  const tokens = tokensOf(text);
  const ranges: Range[] = [];
  const long = 1.2 * (0.25 + (0.75 * tokens.length) / USUAL_LENGTH);
  let relevance = 0;
  for (const term of terms) {
    const found = tokens.flatMap((_, i) => occurrence(term, tokens, i) ?? []);
    if (found.length === 0) return null;
    const weight = found.reduce((sum, one) => sum + one.weight, 0);
    relevance += weight / (weight + long);
    ranges.push(...found);
  }
  return { relevance: relevance / terms.length, ranges: merge(ranges) };
}

/** Tokens of a usual message: a longer one needs to say a word more often to be as much about it (BM25 with k1 = 1.2, b = 0.75). */
const USUAL_LENGTH = 20;
/** A word that only begins as was typed counts less than the word itself. */
const BEGINNING = 0.5;

function occurrence(term: Term, tokens: Token[], at: number): (Range & { weight: number }) | null {
  let weight = 1;
  for (const [i, { text, how }] of term.entries()) {
    const token = tokens[at + i];
    if (!token) return null;
    if (how === 'unit' ? token.unit !== text : how === 'prefix' ? token.unit !== null || !token.text.startsWith(text) : token.text !== text)
      return null;
    if (how === 'prefix' && token.text !== text) weight = BEGINNING;
  }
  const [first, last] = [tokens[at], tokens[at + term.length - 1]];
  return first && last ? { start: first.start, end: term.at(-1)?.how === 'unit' ? last.unitEnd : last.end, weight } : null;
}

function merge(ranges: Range[]): Range[] {
  const merged: Range[] = [];
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What an index holds of a text: its words and pairs, and each character of the latter. */
export function indexed(text: string): string[] {
  const plain = plainWords(text);
  if (plain) return [...new Set(plain)];
  const distinct = new Set<string>();
  for (const { text: token, unit } of tokensOf(text)) {
    distinct.add(token);
    if (unit !== null) distinct.add(unit);
  }
  return [...distinct];
}
