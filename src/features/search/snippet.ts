import type { Range } from '../../lib/search-query.ts';
import type { Snippet } from '../../wire/search.ts';

/** At most so many UTF-16 units of a text, around its first hit, cut at its hits. An ellipsis stands where text was left out. */
export function snippetOf(text: string, ranges: Range[], max: number): Snippet {
  const [start, end] = boundsOf(text, ranges[0]?.start ?? 0, max);
  const pieces: Snippet = [];
  const add = (piece: string, hit: boolean): void => void (piece !== '' && pieces.push({ text: piece, hit }));
  let at = start;
  let before = start > 0 ? '…' : '';
  for (const range of ranges) {
    const [from, to] = [Math.max(range.start, at), Math.min(range.end, end)];
    if (from >= to) continue;
    add(before + text.slice(at, from), false);
    add(text.slice(from, to), true);
    before = '';
    at = to;
  }
  add(before + text.slice(at, end) + (end < text.length ? '…' : ''), false);
  return pieces;
}

function boundsOf(text: string, hit: number, max: number): [number, number] {
  if (text.length <= max) return [0, text.length];
  const earliest = Math.max(0, Math.min(hit - Math.floor(max / 4), text.length - max));
  const start = earliest === 0 ? 0 : wordStart(text, earliest, hit);
  return [whole(text, start), whole(text, Math.min(text.length, start + max))];
}

/** Not in the middle of a word, where there is a space before the hit. */
function wordStart(text: string, from: number, hit: number): number {
  const space = text.slice(from, hit).search(/\s/);
  return space === -1 ? from : from + space + 1;
}

/** Never through a surrogate pair. */
function whole(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
