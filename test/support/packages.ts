import { join } from 'node:path';

const root = join(import.meta.dir, '../..');

type Locked = [resolved: string, registry: string, needs: { dependencies?: Record<string, string> }];
type Manifest = { license?: string; dependencies?: Record<string, string>; devDependencies?: Record<string, string> };

export const manifestOf = (folder = ''): Promise<Manifest> => Bun.file(join(root, folder, 'package.json')).json();

/** What is installed, from bun.lock. A package that another one needs in a version of its own stands under `other/name`. */
export async function lockedPackages(): Promise<{ broughtBy(name: string): number }> {
  const text = await Bun.file(join(root, 'bun.lock')).text();
  const { packages } = JSON.parse(text.replace(/,(\s*[}\]])/g, '$1')) as { packages: Record<string, Locked> };

  function find(name: string, neededBy: string): string {
    const parts = neededBy.split('/');
    for (let depth = parts.length; depth > 0; depth--) {
      const nested = `${parts.slice(0, depth).join('/')}/${name}`;
      if (packages[nested]) return nested;
    }
    return name;
  }

  return {
    /** Packages that are there for its sake, others' perhaps as well: what it depends on, and what that does. */
    broughtBy(name) {
      const found = new Set<string>();
      const visit = (key: string): void => {
        for (const needed of Object.keys(packages[key]?.[2]?.dependencies ?? {})) {
          const at = find(needed, key);
          if (found.has(at)) continue;
          found.add(at);
          visit(at);
        }
      };
      visit(name);
      found.delete(name);
      return found.size;
    },
  };
}
