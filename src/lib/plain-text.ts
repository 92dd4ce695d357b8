import type { MarkedToken, Token, Tokens } from 'marked';

/** A piece of what is read in a text. `at` is where it stands in what was written; null where the layout adds it, such as a bullet. */
export type Run = { text: string; at: number | null };

/** Whether the parser is needed to tell a text without its marks. */
export const mayBeMarked = (text: string): boolean => /[*_~`[\\]|^\s*(?:>|[-+]\s|\d+[.)]\s)/m.test(text);

/** What the tokens of a text say, without its marks. */
export const textOf = (tokens: readonly Token[]): string => join(runsOf(tokens, ''));
export const join = (runs: readonly Run[]): string => runs.map(({ text }) => text).join('');

/** The same with where each piece of it was written. */
export function runsOf(tokens: readonly Token[], written: string): Run[] {
  const { runs, read } = reader(written);
  read(tokens);
  return trimmed(runs);
}

/**
 * The parser tells of a token what it was made of, but not where that stands: lines lose what they are set in by, and quotes their sign. So it is
 * looked for, line by line and in order. `at` never lies before the end of what was read, and an opening mark is stepped over before its content.
 */
function reader(written: string) {
  const runs: Run[] = [];
  let at = 0;

  /** The place after it, or where we are. */
  const after = (line: string): number => {
    const found = written.indexOf(line, at);
    return found === -1 ? at : found + line.length;
  };
  const skip = (raw: string): void => raw.split('\n').forEach((line) => (at = after(line)));
  const add = (text: string): void => void runs.push({ text, at: null });

  function say(text: string): void {
    for (const [i, line] of text.split('\n').entries()) {
      if (i > 0) add('\n');
      const found = line === '' ? -1 : written.indexOf(line, at);
      if (line !== '') runs.push({ text: line, at: found === -1 ? null : found });
      if (found !== -1) at = found + line.length;
    }
  }

  /** What is within, from behind its opening mark on; then all of it is behind us. */
  function within({ raw }: { raw: string }, opening: string, tell: () => void): void {
    const [first = ''] = raw.split('\n');
    const start = after(first) - first.length;
    at = start + opening.length;
    tell();
    const end = at;
    at = start;
    skip(raw);
    at = Math.max(at, end);
  }

  function readItem(item: Tokens.ListItem, sign: string): void {
    const from = runs.length;
    add(`${sign} `);
    within(item, /^ *(?:[-*+]|\d+[.)])[ \t]*(?:\[[ xX]\])?/.exec(item.raw)?.[0] ?? '', () => read(item.tokens));
    runs.splice(from, Infinity, ...trimmed(runs.slice(from)));
    add('\n');
  }

  function read(tokens: readonly Token[]): void {
    for (const token of tokens as readonly MarkedToken[]) readOne(token);
  }

  function readOne(token: MarkedToken): void {
    switch (token.type) {
      case 'space':
        return;
      case 'br':
        return add('\n');
      case 'checkbox':
        return add(token.checked ? '☑ ' : '☐ ');
      case 'paragraph':
        read(token.tokens);
        return add('\n');
      case 'blockquote':
        return read(token.tokens);
      case 'list':
        return token.items.forEach((item, i) => readItem(item, token.ordered ? `${Number(token.start) + i}.` : '•'));
      case 'code':
        within(token, /^.*\n/.exec(token.raw)?.[0] ?? '', () => say(token.text));
        return add('\n');
      case 'text':
        if (!token.tokens) return say(token.text);
        read(token.tokens);
        return add('\n');
      case 'strong':
      case 'em':
      case 'del':
        return within(token, token.raw.slice(0, (token.raw.length - token.text.length) / 2), () => read(token.tokens));
      case 'link':
        return within(token, token.raw.startsWith('[') ? '[' : '', () => read(token.tokens));
      case 'codespan':
        return within(token, /^`+/.exec(token.raw)?.[0] ?? '', () => say(token.text));
      case 'escape':
        return within(token, token.text === token.raw ? '' : '\\', () => say(token.text));
      default:
        return say(token.raw);
    }
  }
  return { runs, read };
}

function trimmed(runs: readonly Run[]): Run[] {
  const first = runs.findIndex(({ text }) => text.trim() !== '');
  const last = runs.findLastIndex(({ text }) => text.trim() !== '');
  return runs.slice(first === -1 ? runs.length : first, last + 1).map(({ text, at }, i, { length }) => {
    const from = i === 0 ? text.length - text.trimStart().length : 0;
    const end = i === length - 1 ? text.trimEnd().length : text.length;
    return { text: text.slice(from, end), at: at === null ? null : at + from };
  });
}

export const textToken = (text: string): Tokens.Text => ({ type: 'text', raw: text, text });
export const addressToken = (href: string): Tokens.Link => ({ type: 'link', raw: href, href, text: href, autolink: true, tokens: [textToken(href)] });
