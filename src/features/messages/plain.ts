import type { MessageType } from '../../wire/messages.ts';
import { join, mayBeMarked, runsOf, type Run } from '../../lib/plain-text.ts';

type Written = { type: MessageType; content: string };

/**
 * With so many marks and lines some texts cost two milliseconds, and a page of them is told at once. The chat, which shows few at a time, reads more;
 * what has more than these is told as it was written.
 */
const MARKS_MAX = 200;

/** What the chat shows of a message's text, without its marks. Nothing is ever taken for HTML. */
export async function plainText(message: Written): Promise<string> {
  return join(await plainRuns(message));
}

/** The same, with where each piece was written. */
export async function plainRuns({ type, content }: Written): Promise<Run[]> {
  if (UNMARKED.has(type) || !mayBeMarked(content) || (content.match(/[*_~`[\]<>\\\n]/g)?.length ?? 0) > MARKS_MAX) return [{ text: content, at: 0 }];
  // Loaded with the first text that has marks: the start does without. In a transaction it is awaited once in the life of a process.
  const { parse } = await import('../../lib/markdown.ts');
  return runsOf(parse(content), content);
}

/** The chat shows these as they were written. */
const UNMARKED: ReadonlySet<MessageType> = new Set(['poll', 'location', 'system']);
