import { describe, expect, test } from 'bun:test';
import { Glob } from 'bun';
import { dirname, join, relative, resolve } from 'node:path';

/** The house's import table. A folder may import itself, what is named here, and libraries unless `libraries` says which. */
const table: Record<string, { folders: string[]; files?: string[]; libraries?: RegExp; typesOf?: string[] }> = {
  lib: { folders: [], files: ['package.json'] },
  wire: { folders: [], files: ['src/lib/id.ts'], libraries: /^zod$/ },
  db: { folders: ['lib'], libraries: /^(drizzle-orm(\/.*)?|bun|bun:sqlite|node:.*)$/ },
  kernel: { folders: ['lib', 'wire'], typesOf: ['db', 'config'] },
  features: { folders: ['kernel', 'db', 'wire', 'lib'], typesOf: ['config'] },
  jobs: { folders: ['kernel', 'db', 'lib'] },
  realtime: { folders: ['kernel', 'wire', 'lib'], typesOf: ['config'] },
  http: { folders: ['kernel', 'wire', 'lib'], typesOf: ['config'] },
  client: { folders: [], typesOf: ['wire'], libraries: /^(zod|idb-keyval|react)$/ },
  ui: { folders: ['client'], files: ['src/lib/link.ts', 'src/lib/markdown.ts', 'src/lib/plain-text.ts'], typesOf: ['wire'] },
  widget: { folders: ['client'], typesOf: ['wire'] },
  admin: { folders: ['client'], typesOf: ['wire'] },
};

const root = join(import.meta.dir, '..');
const sources = [...new Glob('src/**/*.{ts,tsx}').scanSync(root)].sort();
const read = (file: string): Promise<string> => Bun.file(join(root, file)).text();

type Import = { file: string; from: string; target: string; typeOnly: boolean };

async function importsOf(file: string): Promise<Import[]> {
  const text = await read(file);
  const found = [...text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm)];
  return found.map(([statement, type, statically, dynamically]) => {
    const from = statically ?? dynamically ?? '';
    // `import { type A, type B }` carries types only, too.
    const braces = /\{([^}]*)\}/.exec(statement)?.[1];
    const allTypes =
      braces !== undefined &&
      braces
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
        .every((name) => name.startsWith('type '));
    const target = from.startsWith('.') ? relative(root, resolve(root, dirname(file), from)) : from;
    return { file, from, target, typeOnly: type !== undefined || allTypes };
  });
}

const folderOf = (file: string): string => /^src\/([^/]+)\//.exec(file)?.[1] ?? file.replace(/^src\/|\.ts$/g, '');

describe('The house', () => {
  test('every folder of src is in the table', () => {
    const folders = new Set(sources.filter((file) => file.split('/').length > 2).map(folderOf));
    folders.delete('cli');
    expect([...folders].filter((folder) => !(folder in table))).toEqual([]);
    expect(sources.length).toBeGreaterThan(50);
  });

  test('nobody imports what the table does not let them', async () => {
    const all = (await Promise.all(sources.map(importsOf))).flat();
    const wrong = all.filter(({ file, target, from, typeOnly }) => {
      const rule = table[folderOf(file)];
      if (!rule || !file.startsWith(`src/${folderOf(file)}/`)) return false;
      if (!from.startsWith('.')) return rule.libraries !== undefined && !rule.libraries.test(from);
      const folder = folderOf(target);
      if (folder === folderOf(file) || rule.folders.includes(folder) || rule.files?.includes(target)) return false;
      return !(typeOnly && rule.typesOf?.includes(folder));
    });
    expect(wrong.map(({ file, from }) => `${file} -> ${from}`)).toEqual([]);
  });

  test('the SDK loads neither zod nor, outside of its hooks, React', async () => {
    const loaded = (await Promise.all(sources.filter((file) => file.startsWith('src/client/')).map(importsOf)))
      .flat()
      .filter(({ typeOnly }) => !typeOnly);
    const libraries = loaded.filter(({ from }) => !from.startsWith('.')).map(({ file, from }) => `${file.replace(/react\/.*/, 'react/')} ${from}`);
    expect([...new Set(libraries)].sort()).toEqual(['src/client/indexed-db.ts idb-keyval', 'src/client/react/ react']);
  });

  test('only config.ts reads the environment', async () => {
    const readers: string[] = [];
    for (const file of sources) if (/process\.env|Bun\.env|import\.meta\.env/.test(withoutComments(await read(file)))) readers.push(file);
    expect(readers).toEqual(['src/config.ts']);
  });

  test('the dialects are named only where they differ', async () => {
    const allowed = /\.(sqlite|postgres)\.ts$|^src\/(db\/store|realtime\/bus|config)\.ts$|^src\/cli\//;
    const named: string[] = [];
    for (const file of sources) {
      if (!allowed.test(file) && /sqlite|postgres/.test(withoutComments(await read(file)))) named.push(file);
    }
    expect(named).toEqual([]);
  });

  test('process.exit is called in main.ts alone', async () => {
    const callers: string[] = [];
    for (const file of sources) if (/process\.exit\(/.test(withoutComments(await read(file)))) callers.push(file);
    expect(callers.filter((file) => file !== 'src/main.ts')).toEqual([]);
  });

  test('no types are given up in src', async () => {
    const given: string[] = [];
    for (const file of sources) if (/: any\b|\bas any\b|<any>|@ts-(ignore|nocheck|expect-error)/.test(await read(file))) given.push(file);
    expect(given).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
