/**
 * Text as search compares it: what looks alike is alike, whatever the database. Compatibility forms, case and accents are
 * gone; words are tokens. Scripts that write without spaces between words (and Hangul, which builds long ones) become
 * overlapping pairs of characters, so that a word is found wherever it stands: 手机号 is 手机, 机号 and the 号 at the end.
 */
export type Token = {
  text: string;
  /** Where it stands in the text, in UTF-16 units. */
  start: number;
  end: number;
  /** Of a pair: its first character, and where that ends. Null: a word. */
  unit: string | null;
  unitEnd: number;
};

/** Tokens of a text, which is taken in NFC: positions are those in `text.normalize('NFC')`. */
export function tokensOf(text: string): Token[] {
  return PLAIN.test(text) ? plainTokens(text) : foldedTokens(text.normalize('NFC'));
}

/** The texts of the tokens of a text in plain letters, where it is one. */
export function plainWords(text: string): string[] | null {
  if (!PLAIN.test(text)) return null;
  return (text.toLowerCase().match(PLAIN_WORDS) ?? []).map((word) => (word.length > WORD_UNITS_MAX ? cut(word, WORD_UNITS_MAX) : word));
}

/** Most texts of many places, at a third of the cost. */
function plainTokens(text: string): Token[] {
  return Array.from(text.toLowerCase().matchAll(PLAIN_WORDS), ({ 0: word, index: start }) => {
    const end = start + word.length;
    return { text: cut(word, WORD_UNITS_MAX), start, end, unit: null, unitEnd: end };
  });
}

function foldedTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let run: Token[] = [];

  function endRun(): void {
    run.forEach((first, i) => {
      const second = run[i + 1];
      tokens.push(second ? { ...first, text: first.text + second.text, end: second.end } : first);
    });
    run = [];
  }

  function addCharacter(character: string, start: number, end: number): void {
    if (run.at(-1)?.end !== start) endRun();
    const unit = cut(character, CHARACTER_UNITS_MAX);
    run.push({ text: unit, start, end, unit, unitEnd: end });
  }

  /** Letters that touch are one word. */
  function addLetters(letters: string, start: number, end: number): void {
    endRun();
    const word = tokens.at(-1);
    if (word?.unit === null && word.end === start) Object.assign(word, { text: cut(word.text + letters, WORD_UNITS_MAX), end, unitEnd: end });
    else tokens.push({ text: cut(letters, WORD_UNITS_MAX), start, end, unit: null, unitEnd: end });
  }

  for (const { 0: piece, index: start } of text.matchAll(PIECES)) {
    const folded = ASCII.test(piece) ? piece.toLowerCase() : fold(piece);
    if (folded === '') continue;
    if (UNSPACED.test(folded)) addCharacter(folded, start, start + piece.length);
    else addLetters(folded, start, start + piece.length);
  }
  endRun();
  return tokens;
}

const PLAIN = /^[\0-\x7f]*$/;
const PLAIN_WORDS = /[a-z0-9]+/g;
/** A run of plain letters, or one character with its marks; half-width kana carry theirs as letters. */
const PIECES = /[A-Za-z0-9]+(?!\p{M})|[\p{L}\p{N}\p{Extended_Pictographic}][\p{M}\uff9e\uff9f]*/gu;
const ASCII = /^[A-Za-z0-9]+$/;
const UNSPACED =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{Extended_Pictographic}]/u;

/** Marks that any letter can carry, and points that are seldom written. The two signs of Japanese make another letter. */
const ACCENTS = /(?![\u3099\u309a])[\p{Script=Inherited}\u0591-\u05c7\u0640]/gu;
const NOT_WORD = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/gu;
/** What is longer is compared by its beginning: an index takes no word of any length. */
const WORD_UNITS_MAX = 64;
const CHARACTER_UNITS_MAX = 16;

/** Upper case first: ß is SS, and every form of sigma is one. Letter by letter, because a final sigma looks at its neighbours. */
function fold(piece: string): string {
  const plain = piece.normalize('NFKD').replace(ACCENTS, '').normalize('NFC').replace(NOT_WORD, '');
  let folded = '';
  for (const letter of plain.toUpperCase()) folded += letter.toLowerCase();
  return folded.normalize('NFKD').replace(ACCENTS, '').normalize('NFC');
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).toWellFormed();
}
