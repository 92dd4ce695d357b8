import { Lexer, Tokenizer, type Token, type Tokens } from 'marked';
import { addressAt } from './link.ts';
import { addressToken } from './plain-text.ts';

/** Lists and quotes in each other, and emphasis in each other; what goes deeper stays what was written. */
const NESTING_MAX = 6;
/** Longer texts, and those with more marks, are shown as they were written: some ways of opening and never closing cost the square of their number. */
const TEXT_MAX = 20_000;
const MARKS_MAX = 1_000;

/** The Markdown that is for chat: emphasis, code, quotes, lists and links. What is not in it (`#`, tables, pictures, HTML) stays what was written. */
export function parse(text: string): Token[] {
  if (text.length > TEXT_MAX || (text.match(/[*_~`[\]<>\\]/g)?.length ?? 0) > MARKS_MAX) return [{ type: 'text', raw: text, text }];
  return new Lexer({ gfm: true, breaks: true, tokenizer: new Subset() }).lex(text);
}

/** The library's own way to change what it finds: what is refused here is text. */
class Subset extends Tokenizer {
  depth = 0;

  nested<T>(find: () => T): T | undefined {
    if (this.depth >= NESTING_MAX) return undefined;
    this.depth++;
    try {
      return find();
    } finally {
      this.depth--;
    }
  }

  /** ">_<" and ">:(" are faces. In chat a quote or a list ends with its last marked line, not with the paragraph. */
  override blockquote(src: string): Tokens.Blockquote | undefined {
    const own = /^ {0,3}>(?=[ >\n]).*(?:\n {0,3}>.*)*\n*/.exec(src)?.[0];
    const quote = own === undefined ? undefined : this.nested(() => super.blockquote(own));
    return quote && quote.text.trim() !== '' ? quote : undefined;
  }
  override list(src: string): Tokens.List | undefined {
    const own = /^.*(?:\n(?:[ \t]|(?:[-*+]|\d+[.)])(?:[ \t]|$)).*|\n(?=\n))*\n*/m.exec(src)?.[0] ?? '';
    const list = this.nested(() => super.list(own));
    return list?.items.some(({ text }) => text.trim() !== '') ? list : undefined;
  }
  /** Within a word it is a sign: 2*3*4. */
  override emStrong(src: string, masked: string, before = ''): Tokens.Em | Tokens.Strong | undefined {
    return /[\p{L}\p{N}]$/u.test(before) ? undefined : this.nested(() => super.emStrong(src, masked, before));
  }
  override del(src: string, masked: string, before = ''): Tokens.Del | undefined {
    return this.nested(() => super.del(src, masked, before));
  }
  override link(src: string): Tokens.Link | undefined {
    const link = src.startsWith('[') ? this.nested(() => super.link(src)) : undefined;
    return link?.type === 'link' ? link : undefined;
  }
  override autolink(src: string): Tokens.Link | undefined {
    const link = super.autolink(src);
    return link && /^(?:https?:\/\/|mailto:)/i.test(link.href) ? link : undefined;
  }
  override url(src: string): Tokens.Link | undefined {
    const href = this.lexer.state.inLink ? null : addressAt(src);
    if (href === null) return undefined;
    return addressToken(href);
  }
  /** Who shrugs does not escape. */
  override escape(src: string): Tokens.Escape | undefined {
    return src.startsWith('\\_(') ? { type: 'escape', raw: '\\_', text: '\\_' } : super.escape(src);
  }
  /** `&amp;` is what somebody wrote. */
  override inlineText(src: string): Tokens.Text | undefined {
    const found = super.inlineText(src);
    return found && { ...found, text: found.raw };
  }
  override code = () => undefined;
  override heading = () => undefined;
  override lheading = () => undefined;
  override hr = () => undefined;
  override table = () => undefined;
  override html = () => undefined;
  override tag = () => undefined;
  override def = () => undefined;
  override reflink = () => undefined;
}
