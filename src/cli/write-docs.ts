import { join } from 'node:path';
import { referencePages } from './reference.ts';

/** Writes the pages of docs/ that are made from the code. A test fails when they are not what this writes. */
const folder = join(import.meta.dir, '../../docs');
for (const [name, page] of Object.entries(referencePages())) await Bun.write(join(folder, name), page);
