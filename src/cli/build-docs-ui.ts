import { join } from 'node:path';

const init = join(import.meta.dir, '../http/docs/ui.js');

/** Copies what /api/docs is made of, and nothing else of the packages, into `outdir`. */
export async function copyDocsUi(outdir: string): Promise<void> {
  const files = {
    'swagger-ui.css': Bun.resolveSync('swagger-ui-dist/swagger-ui.css', import.meta.dir),
    'swagger-ui-bundle.js': Bun.resolveSync('swagger-ui-dist/swagger-ui-bundle.js', import.meta.dir),
    'init.js': init,
  };
  await Promise.all(Object.entries(files).map(([name, source]) => Bun.write(join(outdir, name), Bun.file(source))));
}
