import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { en } from '../../src/ui/i18n/en.ts';

const folder = join(import.meta.dir, '../../src/ui');

async function read(pattern: string): Promise<(readonly [path: string, text: string])[]> {
  const paths = [...new Bun.Glob(pattern).scanSync(folder)].sort();
  return Promise.all(paths.map(async (path) => [path, await Bun.file(join(folder, path)).text()] as const));
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

const scripts = (await read('**/*.{ts,tsx}'))
  .filter(([path]) => !path.startsWith('i18n/'))
  .map(([path, text]) => [path, withoutComments(text)] as const);
const styles = (await read('styles/*.css')).map(([path, text]) => [path, withoutComments(text)] as const);

/** Each place that fits, as "file: what". */
function found(files: readonly (readonly [string, string])[], ...patterns: RegExp[]): string[] {
  return files.flatMap(([path, text]) => patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => `${path}: ${match[0].trim()}`)));
}

describe('the catalogue', () => {
  /** Looked up by a code that comes from elsewhere. */
  const byCode = ['errors', 'authErrors'];

  test('says nothing that nobody asks for', () => {
    const everything = scripts.map(([, text]) => text).join('\n');
    const isUsed = (section: string, key: string): boolean =>
      // As a rule `t.section.key`; `(one ? t.section : t.other).key` where two say the same kind of thing.
      new RegExp(`\\bt\\.${section}(?:\\)| : t\\.\\w+\\))?\\.${key}\\b`).test(everything);
    const keys = Object.entries(en).flatMap(([section, entries]) =>
      typeof entries === 'string' || byCode.includes(section) ? [] : Object.keys(entries).map((key) => [section, key] as const),
    );
    const dynamic = Object.keys(en).filter((section) => everything.includes(`t.${section}[`));
    expect(keys.length).toBeGreaterThan(200);
    const unused = keys.filter(([section, key]) => !dynamic.includes(section) && !isUsed(section, key));
    expect(unused.map(([section, key]) => `${section}.${key}`)).toEqual([]);
  });

  test('says everything: no text stands in the components themselves', () => {
    const text = />[^<>{}=;()&|]*\p{L}{2}[^<>{}=;()&|]*<\//gu;
    const lines = />\n\s*\p{L}[^<>{}=;()]*\n\s*<\//gu;
    const attributes = /\b(?:aria-label|aria-description|title|placeholder|alt|label)="[^"]*\p{L}[^"]*"/gu;
    expect(
      found(
        scripts.filter(([path]) => path.endsWith('.tsx')),
        text,
        lines,
        attributes,
      ),
    ).toEqual([]);
  });

  test('leaves dates and numbers to Intl, in one place', () => {
    expect(
      found(
        scripts.filter(([path]) => path !== 'format.ts'),
        /\.toLocale(?:Date|Time)?String\(/g,
        /\.toFixed\(/g,
        /new Intl\.(?:DateTime|Number|RelativeTime)Format/g,
      ),
    ).toEqual([]);
  });
});

describe('the styles', () => {
  test('know beginning and end, never left and right', () => {
    const sides = /[^-\w](?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-)?(?:left|right)(?:-\w+)?\s*:[^;}]*/g;
    const values = /(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right)/g;
    // The one place that a script computes from what is on the screen.
    expect(found(styles, sides, values)).toEqual(['styles/menu.css: left: var(--menu-left, 0)']);
  });

  test('nor by a list of four sides of which two differ', () => {
    const four = /(?:padding|margin|inset|border-width)\s*:\s*((?:[^\s;(]+|[\w-]*\([^;]*?\))(?:\s+(?:[^\s;(]+|[\w-]*\([^;]*?\))){3})\s*;/g;
    const uneven = styles.flatMap(([path, text]) =>
      [...text.matchAll(four)].flatMap(([whole, list = '']) => {
        const [, end, , start] = list.match(/[\w-]*\((?:[^()]|\([^()]*\))*\)|[^\s()]+/g) ?? [];
        return end === start ? [] : [`${path}: ${whole}`];
      }),
    );
    expect(uneven).toEqual([]);
  });
});
