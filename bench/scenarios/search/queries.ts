/** What people look for. */
import { CONVERSATIONS, conversationIds, DAY_MS, dice, END, FEW, senders, vocabulary } from './corpus.ts';

const rank = (n: number): string => vocabulary[n] ?? '';
/** As in languages, where the most frequent words are short; long ones are measured for themselves. */
const frequent = vocabulary.slice(0, 60).filter((one) => one.length <= 5);
const frequentLong = vocabulary.slice(0, 60).filter((one) => one.length > 5);
const any = (words: string[]): string => words[Math.floor(dice() * words.length)] ?? '';
export const queries: Record<string, () => Record<string, unknown>> = {
  'rare word': () => ({ q: rank(20_000 + Math.floor(dice() * 20_000)) }),
  'usual word': () => ({ q: rank(500 + Math.floor(dice() * 2_000)) }),
  'common word': () => ({ q: any(frequent) }),
  'common long word': () => ({ q: any(frequentLong) }),
  'two common words': () => ({ q: `${any(frequent)} ${any(frequent)}` }),
  'common and rare word': () => ({ q: `${any(frequent)} ${rank(20_000 + Math.floor(dice() * 20_000))}` }),
  'beginning, 2 letters': () => ({ q: rank(Math.floor(dice() * 1_000)).slice(0, 2) }),
  'beginning, 4 letters': () => ({ q: rank(200 + Math.floor(dice() * 5_000)).slice(0, 4) }),
  phrase: () => ({ q: `"${rank(Math.floor(dice() * 5))} ${rank(Math.floor(dice() * 5))}"` }),
  'in a conversation': () => ({ q: rank(Math.floor(dice() * 200)), in: conversationIds[Math.floor(dice() * FEW) * (CONVERSATIONS / FEW)] }),
  'from a person': () => ({ q: rank(Math.floor(dice() * 200)), from: senders[2 + Math.floor(dice() * 190)] }),
  'a month long ago': () => ({ q: rank(Math.floor(dice() * 200)), after: END - 600 * DAY_MS, before: END - 570 * DAY_MS }),
};
