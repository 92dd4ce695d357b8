import { useSyncExternalStore } from 'react';
import type { Token } from 'marked';

type Parser = { parse(text: string): Token[] };

let parser: Parser | null = null;
let asked: Promise<void> | null = null;
const listeners = new Set<() => void>();

/** Resolves when texts are read with their marks. Where the parser cannot be fetched, the next text with marks asks again. */
export function fetchParser(): Promise<void> {
  asked ??= import('../../lib/markdown.ts').then(
    (fetched) => {
      parser = fetched;
      for (const listener of listeners) listener();
    },
    () => {
      asked = null;
    },
  );
  return asked;
}

/** A tenth of all script, and most texts have no marks: it is fetched with the first that has some, and until then they stand as they were written. */
export function parserIfHere(): Parser | null {
  if (!parser) void fetchParser();
  return parser;
}

/** Null where none is needed, and until it is here; what uses this is shown anew when it comes. */
export function useParser(needed: boolean): Parser | null {
  const here = useSyncExternalStore(subscribe, read, read);
  if (!needed) return null;
  return here ?? parserIfHere();
}

/** Changes once, when the parser has come. */
export const useParserHere = (): boolean => useSyncExternalStore(subscribe, read, read) !== null;

const read = (): Parser | null => parser;
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
