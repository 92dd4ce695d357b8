import { Fragment, type ReactNode } from 'react';
import type { MarkedToken, Token, Tokens } from 'marked';
import { splitLinks } from '../../lib/link.ts';
import { addressToken, mayBeMarked, textOf, textToken } from '../../lib/plain-text.ts';
import { parserIfHere, useParser } from './markdown-later.ts';

/** A piece of a text; with an id it is one word to the parser, whatever it is made of, such as a mention. */
export type Piece = { text: string; id: string | null };
type Props = { pieces: readonly Piece[]; className: string; show(piece: Piece): ReactNode };
type Words = { show(text: string): ReactNode; restore(text: string): string };

/** The library only parses; the elements are made here, from this list and no other, so nothing in a text is ever taken for HTML. */
export function Markdown({ pieces, className, show }: Props) {
  const { text, words } = wordsOf(pieces, show);
  const parser = useParser(needsParser(text));
  const blocks = blocksOf(parser?.parse(text) ?? plain(text), words);
  if (blocks.every(({ kind }) => kind === 'flow')) {
    return (
      <p className={className} dir="auto">
        {blocks[0]?.content}
      </p>
    );
  }
  return (
    <div className={className} dir="auto">
      {elementsOf(blocks)}
    </div>
  );
}

/** The text without its marks, for where it stands in one line. */
export function unmarked(text: string): string {
  const parser = mayBeMarked(text) ? parserIfHere() : null;
  return parser ? textOf(parser.parse(text)) : text;
}

const needsParser = (text: string): boolean => text.includes('<') || mayBeMarked(text);

type Block = { kind: 'flow' | 'block'; content: ReactNode };

/** Paragraphs that follow each other are one run of text, with the line breaks that were written. */
function blocksOf(tokens: readonly Token[], words: Words): Block[] {
  const blocks: Block[] = [];
  let run: ReactNode[] = [];
  let gap = '';
  const endRun = (): void => {
    if (run.length > 0) blocks.push({ kind: 'flow', content: run });
    run = [];
    gap = '';
  };
  for (const token of known(tokens)) {
    if (token.type === 'space') gap = token.raw;
    else if (token.type === 'paragraph' || token.type === 'text') {
      const content = token.tokens ? inlineOf(token.tokens, words) : words.show(token.text);
      run.push(
        <Fragment key={run.length}>
          {run.length > 0 && gap}
          {content}
        </Fragment>,
      );
      gap = '\n';
    } else if (token.type === 'checkbox') run.push(boxOf(token));
    else {
      endRun();
      blocks.push({ kind: 'block', content: blockOf(token, words) });
    }
  }
  endRun();
  return blocks;
}

function elementsOf(blocks: readonly Block[]): ReactNode {
  return blocks.map(({ kind, content }, i) => (kind === 'flow' ? <p key={i}>{content}</p> : <Fragment key={i}>{content}</Fragment>));
}

function blockOf(token: MarkedToken, words: Words): ReactNode {
  switch (token.type) {
    case 'blockquote':
      return <blockquote>{elementsOf(blocksOf(token.tokens, words))}</blockquote>;
    case 'code':
      return (
        <pre>
          <code>{words.restore(token.text)}</code>
        </pre>
      );
    case 'list': {
      const items = token.items.map((item, i) => <li key={i}>{itemOf(item, words)}</li>);
      return token.ordered ? <ol start={Number(token.start)}>{items}</ol> : <ul>{items}</ul>;
    }
    default:
      return words.show(token.raw);
  }
}

function itemOf({ tokens }: Tokens.ListItem, words: Words): ReactNode {
  const blocks = blocksOf(tokens, words);
  return blocks.map(({ kind, content }, i) => <Fragment key={i}>{kind === 'flow' && i > 0 ? <p>{content}</p> : content}</Fragment>);
}

function inlineOf(tokens: readonly Token[], words: Words, inLink = false): ReactNode {
  return merged(tokens).map((token, i) => <Fragment key={i}>{inlineElement(token, words, inLink)}</Fragment>);
}

function inlineElement(token: MarkedToken, words: Words, inLink: boolean): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inlineOf(token.tokens, words, inLink)}</strong>;
    case 'em':
      return <em>{inlineOf(token.tokens, words, inLink)}</em>;
    case 'del':
      return <del>{inlineOf(token.tokens, words, inLink)}</del>;
    case 'codespan':
      return <code>{words.restore(token.text)}</code>;
    case 'br':
      return breakOf(token);
    case 'checkbox':
      return boxOf(token);
    case 'link': {
      const href = words.restore(token.href);
      const label = inlineOf(token.tokens, words, true);
      if (inLink) return label;
      if (!mayLead(href, words.restore(textOf(token.tokens)))) return words.show(token.raw);
      return (
        <a href={href} title={token.autolink ? undefined : href} target="_blank" rel="noopener noreferrer nofollow ugc">
          {label}
        </a>
      );
    }
    case 'text':
      return words.show(token.text);
    default:
      return words.show(token.raw);
  }
}

/** With what the next line is set in by. */
const breakOf = ({ raw }: Tokens.Br): string => raw.replace(/^(?: *|\\)\n/, '\n');
const boxOf = ({ checked }: Tokens.Checkbox): string => (checked ? '☑ ' : '☐ ');

/** Not to a script, and not to elsewhere than its own text says. */
function mayLead(href: string, label: string): boolean {
  if (!URL.canParse(href) || !['http:', 'https:', 'mailto:'].includes(new URL(href).protocol)) return false;
  return splitLinks(label).every((piece) => piece.href === null || new URL(piece.href).href === new URL(href).href);
}

/** Texts and escaped marks beside each other are one text. */
function merged(tokens: readonly Token[]): MarkedToken[] {
  const joined: MarkedToken[] = [];
  for (const token of known(tokens)) {
    const last = joined.at(-1);
    if (token.type !== 'text' && token.type !== 'escape') joined.push(token);
    else if (last?.type === 'text') joined[joined.length - 1] = { ...last, text: last.text + token.text };
    else joined.push({ type: 'text', raw: token.raw, text: token.text });
  }
  return joined;
}

/** Kinds of our own would be the only others, and there are none. */
const known = (tokens: readonly Token[]): readonly MarkedToken[] => tokens as readonly MarkedToken[];

/** Without the parser, for texts that need none and until it is here: the addresses are links, and all else is what was written. */
function plain(text: string): Token[] {
  const tokens = splitLinks(text).map((piece) => (piece.href === null ? textToken(piece.text) : addressToken(piece.href)));
  return [{ type: 'paragraph', raw: text, text, tokens } satisfies Tokens.Paragraph];
}

/** Characters that Unicode keeps for a program's own use stand around what is one word. */
const WORD = /\uFDD0(\d+)\uFDD1/g;

function wordsOf(pieces: readonly Piece[], show: (piece: Piece) => ReactNode): { text: string; words: Words } {
  const written = pieces.map(({ text }) => text).join('');
  if (/[\uFDD0\uFDD1]/.test(written)) return { text: written, words: { show: (text) => show({ text, id: null }), restore: (text) => text } };
  const pieceOf = (index: string): Piece => pieces[Number(index)] ?? { text: '', id: null };
  return {
    text: pieces.map((piece, i) => (piece.id === null ? piece.text : `\uFDD0${i}\uFDD1`)).join(''),
    words: {
      show: (text) => text.split(WORD).map((part, i) => <Fragment key={i}>{show(i % 2 === 1 ? pieceOf(part) : { text: part, id: null })}</Fragment>),
      restore: (text) => text.replace(WORD, (_, index: string) => pieceOf(index).text),
    },
  };
}
