import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { lockedPackages, manifestOf } from '../support/packages.ts';

const page = await Bun.file(join(import.meta.dir, '../../docs/dependencies.md')).text();
const [product = '', development = ''] = page.split('\n## ').slice(1);

type Line = { name: string; licence: string; brings: number; why: string };
const linesOf = (part: string): Line[] =>
  [...part.matchAll(/^\| `(.+?)` +\| (\S+) +\| +(\d+) +\| (.+?) +\|/gm)].map(([, name = '', licence = '', brings, why = '']) => ({
    name,
    licence,
    brings: Number(brings),
    why,
  }));
const packages = await lockedPackages();
const manifest = await manifestOf();

describe('docs/dependencies.md', () => {
  for (const [kind, part, listed] of [
    ['in the product', product, manifest.dependencies],
    ['to build and to test', development, manifest.devDependencies],
  ] as const) {
    test(`has what is used ${kind}, and nothing else`, () => {
      expect(linesOf(part).map(({ name }) => name)).toEqual(Object.keys(listed ?? {}));
    });

    test(`says of what is used ${kind} which licence it has and how much it brings`, async () => {
      for (const { name, licence, brings, why } of linesOf(part)) {
        const { license = 'none' } = await manifestOf(`node_modules/${name}`);
        expect({ name, licence, brings }).toEqual({ name, licence: license, brings: packages.broughtBy(name) });
        expect(why).toMatch(/\.$/);
      }
    });
  }

  test('every version is exact', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
