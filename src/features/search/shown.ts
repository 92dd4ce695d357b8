import { join, type Run } from '../../lib/plain-text.ts';
import type { Range } from '../../lib/search-query.ts';

type Marked = { text: string; ranges: Range[] };

/** What was found in what was written, as it stands in what is read. Where none of it is read, such as in the address of a link, it is told as it was written. */
export function shownIn(found: Marked, runs: readonly Run[]): Marked {
  const ranges: Range[] = [];
  let start = 0;
  for (const { text, at } of runs) {
    if (at !== null) {
      const moved = start - at;
      for (const range of found.ranges) {
        const [from, end] = [Math.max(range.start, at), Math.min(range.end, at + text.length)];
        if (from < end) add(ranges, { start: from + moved, end: end + moved });
      }
    }
    start += text.length;
  }
  return ranges.length === 0 ? found : { text: join(runs), ranges };
}

/** Of a hit with marks in it, the pieces touch each other. */
function add(ranges: Range[], { start, end }: Range): void {
  const last = ranges.at(-1);
  if (last?.end === start) last.end = end;
  else ranges.push({ start, end });
}
