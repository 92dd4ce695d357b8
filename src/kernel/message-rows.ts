import type { Tables } from './ports.ts';
import { createLru } from '../lib/lru.ts';

type Row = Tables['message']['$inferSelect'];

/** Rows of messages that were read lately, as they were committed. Whoever gets one must not change it. */
export interface MessageRows {
  /** The row under exactly that `rev`. */
  get(conversationId: string, seq: number, rev: number): Row | undefined;
  keep(row: Row): void;
}

/** Forgets what was used longest ago when the rows take more than `maxBytes`, about. A row of a higher `rev` takes the place of the older one. */
export function createMessageRows(maxBytes: number): MessageRows & { readonly bytes: number } {
  if (maxBytes === 0) return { get: () => undefined, keep: () => undefined, bytes: 0 };
  const rows = createLru<Row>(maxBytes, undefined, bytesOf);
  return {
    get(conversationId, seq, rev) {
      const row = rows.get(keyOf(conversationId, seq));
      return row?.rev === rev ? row : undefined;
    },
    keep: (row) => void rows.set(keyOf(row.conversationId, row.seq), row),
    get bytes() {
      return rows.calculatedSize;
    },
  };
}

const keyOf = (conversationId: string, seq: number): string => `${conversationId} ${seq}`;

/** Ids, numbers and what the runtime needs for an object of that many fields. */
const ROW_BYTES = 1_000;

/** Two bytes a character is the most that the runtime takes. */
function bytesOf({ content, metadata, reactions, mentions, forwardedFrom, poll, linkPreview }: Row): number {
  const objects = JSON.stringify([metadata, reactions, mentions, forwardedFrom, poll, linkPreview]);
  return ROW_BYTES + 2 * (content.length + objects.length);
}
