/** Words as frequent as in a language, people, and conversations of which a few are large: the same in every run. */
import { idAt } from '../../../src/lib/id.ts';
import { scaled } from '../../scenario.ts';

export const MESSAGES = scaled(1_000_000, 10_000);
export const CONVERSATIONS = 2_000;
export const FEW = 20;
const SENDERS = 200;
const WORDS = 50_000;
export const DAY_MS = 86_400_000;
export const END = Date.UTC(2026, 0, 1);

/** The same numbers in every run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
export const dice = random(7);
const SYLLABLES =
  'ba be bi bo da de di do fa fe ga go ha he ka ke ki la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se so ta te to va ve'.split(' ');
export const vocabulary = [
  ...new Set(
    Array.from({ length: WORDS * 2 }, () =>
      Array.from({ length: 1 + Math.ceil(dice() * 3) }, () => SYLLABLES[Math.floor(dice() * SYLLABLES.length)]).join(''),
    ),
  ),
].slice(0, WORDS);
/** Zipf: the word of rank n is 1/n as frequent as the first. */
const word = (): string => vocabulary[Math.floor(vocabulary.length ** dice()) - 1] ?? 'ba';
export const text = (): string => Array.from({ length: 3 + Math.floor(dice() * 18) }, word).join(' ');

const hex = (length: number): string => Array.from({ length }, () => Math.floor(dice() * 16).toString(16)).join('');
export const idThen = (ms: number): string => `${idAt(ms).slice(0, 15)}${hex(3)}-8${hex(3)}-${hex(12)}`;
export const conversationIds = Array.from({ length: CONVERSATIONS }, (_, i) => idThen(END - 800 * DAY_MS + i));
export const orgId = idThen(END - 801 * DAY_MS);
export const senders = Array.from({ length: SENDERS }, (_, i) => idThen(END - 801 * DAY_MS + i));
/** A person who is in all conversations, and one who is in a few. */
export const [everywhere = '', inFew = ''] = senders;
