import { join } from 'node:path';

export type Example = { language: string; text: string };

/** The blocks of code in a document, in their order. */
export async function examplesIn(document: string): Promise<Example[]> {
  const text = await Bun.file(join(import.meta.dir, '../..', document)).text();
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', block = '']) => ({ language, text: block }));
}
