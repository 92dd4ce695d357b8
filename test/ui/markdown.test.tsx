import { beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { markOf, toggled } from '../../src/ui/chat/emphasis.ts';
import { splitMentions } from '../../src/ui/chat/mentions.ts';
import { Markdown, unmarked } from '../../src/ui/parts/markdown.tsx';
import { fetchParser } from '../../src/ui/parts/markdown-later.ts';
import { anyString } from '../support/any-text.ts';
import { searching } from '../support/property.ts';

beforeAll(fetchParser);

const LINK = 'target="_blank" rel="noopener noreferrer nofollow ugc"';

/** As it stands in the page, without what wraps it. */
function shown(text: string, names: ReadonlyMap<string, string> = new Map()): string {
  const whole = renderToStaticMarkup(
    <Markdown pieces={splitMentions(text, names)} className="content" show={({ text: piece, id }) => (id === null ? piece : <b>{piece}</b>)} />,
  );
  return whole.replace(/^<(?:p|div) class="content" dir="auto">([\s\S]*)<\/(?:p|div)>$/, '$1').replaceAll(` ${LINK}`, '');
}

describe('the layout of a text', () => {
  test.each([
    ['**a** _b_ *c* ~~d~~ `e*f*`', '<strong>a</strong> <em>b</em> <em>c</em> <del>d</del> <code>e*f*</code>'],
    ['one\ntwo\n\n  three', 'one\ntwo\n\n  three'],
    ['see https://a.example/b.', 'see <a href="https://a.example/b">https://a.example/b</a>.'],
    ['- a\n- b\n  1. c', '<ul><li>a</li><li>b<ol start="1"><li>c</li></ol></li></ul>'],
    ['7. a\n8. b', '<ol start="7"><li>a</li><li>b</li></ol>'],
    ['- [ ] a\n- [x] b', '<ul><li>☐ a</li><li>☑ b</li></ul>'],
    ['> a\n> b\n\nc', '<blockquote><p>a\nb</p></blockquote><p>c</p>'],
    ['> a\nb', '<blockquote><p>a</p></blockquote><p>b</p>'],
    ['- a\n  more\n- b\n\n- c\nd', '<ul><li>a\nmore</li><li>b</li><li>c</li></ul><p>d</p>'],
    ['```js\nif (a < b) c();\n```', '<pre><code>if (a &lt; b) c();</code></pre>'],
    ['[a](https://b.example/c)', '<a href="https://b.example/c" title="https://b.example/c">a</a>'],
    ['<mailto:a@b.example>', '<a href="mailto:a@b.example">mailto:a@b.example</a>'],
    ['see https://a.example/b_c_d.', 'see <a href="https://a.example/b_c_d">https://a.example/b_c_d</a>.'],
    ['**https://a.example**', '<strong><a href="https://a.example">https://a.example</a></strong>'],
  ])('%j', (text, html) => expect(shown(text)).toBe(html));

  test.each([
    '# a\n## b',
    'a\n---\n===\nb',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '    set in\n  less',
    '2*3*4 snake_case_name >_< >:( -1 +1',
    '¯\\_(ツ)_/¯',
    '-',
    '1.',
    '>',
    '***',
    '&amp; &#65;',
    '[a](javascript:alert(1)) [b](data:text/html,c) [d](//e.example)',
    '[a]: b\n\n[a]',
  ])('%j stays what was written', (text) => {
    expect(Bun.escapeHTML(unescaped(shown(text)))).toBe(Bun.escapeHTML(text));
  });

  test('no HTML and no picture comes out of a text', () => {
    expect(shown('<b onclick="x">a</b><img src=x>')).toBe('&lt;b onclick=&quot;x&quot;&gt;a&lt;/b&gt;&lt;img src=x&gt;');
    expect(shown('![a](https://b.example/c.png)')).not.toContain('<img');
  });

  test('a link whose text is another address is none', () => {
    expect(shown('[https://bank.example](https://thief.example)')).toBe('[https://bank.example](https://thief.example)');
  });

  test('mentions stay whole, whatever their name is made of, and are marked in all but code', () => {
    const names = new Map([['1', '_J_ *Jo*']]);
    expect(shown('**@_J_ *Jo*** and @_J_ *Jo*, `@_J_ *Jo*`', names)).toBe(
      '<strong><b>@_J_ *Jo*</b></strong> and <b>@_J_ *Jo*</b>, <code>@_J_ *Jo*</code>',
    );
    expect(shown('@_J_ *Jo* \uFDD00\uFDD1', names)).toContain('\uFDD00\uFDD1');
  });
});

const unescaped = (html: string): string =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&amp;', '&');

describe('one line', () => {
  test.each([
    ['**a** _b_ ~~c~~ `d` [e](https://f.example)', 'a b c d e'],
    ['> a\n\n- b\n- c', 'a\n• b\n• c'],
    ['3. a\n4. b', '3. a\n4. b'],
    ['```\na\n```\nb', 'a\nb'],
    ['# a & b', '# a & b'],
  ])('%j', (text, line) => expect(unmarked(text)).toBe(line));
});

describe('whatever somebody writes', () => {
  const parts = [
    '*',
    '**',
    '_',
    '~~',
    '`',
    '```\n',
    '[',
    '](',
    ')',
    '![',
    '<',
    '>',
    '> ',
    '- ',
    '1. ',
    '\n',
    '\n\n',
    ' ',
    '\\',
    '|',
    '#',
    '&#106;',
    '@Ann',
    '\uFDD0',
    '\uFDD1',
    '0',
  ];
  const targets = [
    'javascript:alert(1)',
    'JaVaScRiPt:x',
    'data:text/html,x',
    'vbscript:x',
    'https://a.example',
    '//b.example',
    'mailto:a@b.example',
    '<script>',
    '<img src=x onerror=y>',
  ];
  const texts = fc
    .array(fc.oneof(fc.constantFrom(...parts), fc.constantFrom(...targets), anyString(4)), { maxLength: 60 })
    .map((pieces) => pieces.join(''));
  const names = new Map([['ann', 'Ann']]);

  test('only the elements of the subset come out, and no address but of the web and of mail', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        await inspect(shown(text, names));
        unmarked(text);
      }),
      searching(300),
    );
  });

  test.each(['*', '**a ', '_a __b ', '[', '[a](', '![', '`', '`a``', '~', '<', '\\', '> ', '- ', '1. ', '- > ', '- a\n  ', '> a\n', '```\n'])(
    '10,000 characters of %j are shown, and nothing lies deeper than a few levels',
    async (piece) => {
      const deepest = await inspect(shown(piece.repeat(10_000).slice(0, 10_000)));
      expect(deepest).toBeLessThanOrEqual(2 * 6 + 6 + 2);
    },
  );
});

/** Resolves with how deep its elements lie in each other. Throws where there is one that is not of the subset. */
async function inspect(html: string): Promise<number> {
  const allowed = new Set(['p', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code', 'strong', 'em', 'del', 'a', 'b']);
  const open: string[] = [];
  let deepest = 0;
  const rewriter = new HTMLRewriter().on('*', {
    element(element) {
      expect(allowed).toContain(element.tagName);
      for (const [name, value] of element.attributes) {
        expect(['href', 'title', 'target', 'rel', 'start']).toContain(name);
        if (name === 'href') expect(value).toMatch(/^(?:https?:\/\/|mailto:)/i);
      }
      if (element.tagName === 'a') {
        expect(open).not.toContain('a');
        expect(element.getAttribute('rel') ?? 'removed').toBe('removed');
      }
      open.push(element.tagName);
      deepest = Math.max(deepest, open.length);
      element.onEndTag(() => void open.pop());
    },
  });
  await rewriter.transform(new Response(html)).text();
  return deepest;
}

describe('emphasis by keyboard', () => {
  /** What is selected stands between bars. */
  const press = (marked: string, key: string): string => {
    const [before = '', selected = '', after = ''] = marked.split('|');
    const mark = markOf({ key, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false }) ?? '?';
    const { text, from, to } = toggled({ text: before + selected + after, from: before.length, to: before.length + selected.length }, mark);
    return `${text.slice(0, from)}|${text.slice(from, to)}|${text.slice(to)}`;
  };

  test('goes around what is selected, and away again', () => {
    expect(press('a |b| c', 'b')).toBe('a **|b|** c');
    expect(press('a **|b|** c', 'b')).toBe('a |b| c');
    expect(press('a| b |c', 'i')).toBe('a _|b|_ c');
    expect(press('a || c', 'E')).toBe('a `||` c');
  });

  test('is not for other keys', () => {
    const none = { key: 'b', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    expect(
      [none, { ...none, ctrlKey: true, altKey: true }, { ...none, key: 'x', metaKey: true }, { ...none, key: 'constructor', ctrlKey: true }].map(
        markOf,
      ),
    ).toEqual([null, null, null, null]);
  });
});
