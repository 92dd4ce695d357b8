import { defaultRangeExtractor, measureElement, useVirtualizer, type Range, type Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useState, type RefObject } from 'react';
import type { Row } from './rows.ts';

/** Nearer to the end than this counts as at the end. */
export const END_PX = 60;
/** How much of what was read before stays above the divider of new messages. */
const ABOVE_DIVIDER_PX = 96;
/** So many rows beyond each edge of the screen are there already. */
const OVERSCAN_ROWS = 5;
/** Below the last row. */
const PADDING_END_PX = 8;
/** Nothing is at the end of a stretch of the past: distances are never negative. */
const NEVER_PX = -1;

type Input = {
  rows: readonly Row[];
  scroller: RefObject<HTMLElement | null>;
  list: RefObject<HTMLElement | null>;
  /** Stays in the page wherever the reader scrolls: the focus is in it. */
  kept: string | null;
  /** The newest are not among the rows. */
  inPast: boolean;
};

/** A row that is in the page. `top` is its distance from the beginning of the list. */
export type Shown = { row: Row; index: number; top: number };

export type Virtual = {
  shown: readonly Shown[];
  heightPx: number;
  /** For the element of each row, which names its index in `data-index`. */
  measure(element: HTMLElement | null): void;
  toEnd(): void;
  toOffset(px: number): void;
  toRow(index: number, align: 'auto' | 'start' | 'center'): void;
};

/**
 * Of however many rows, only those near the screen are in the page. Each row is measured once it is there; until then its height is
 * guessed, and where the guess was wrong the row in sight stays where it is. So it does when rows come in above. The only place that knows the library.
 */
export function useVirtual({ rows, scroller, list, kept, inPast }: Input): Virtual {
  const [marginPx, setMarginPx] = useState(0);
  const keptIndex = kept === null ? -1 : rows.findIndex(({ key }) => key === kept);
  // What it returns is made anew where it matters, or reads the present when it is called; no compiler memoizes it here.
  // oxlint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    estimateSize: (index) => guessPx(rows[index]),
    measureElement: measured,
    rangeExtractor: useCallback((range: Range) => withKept(defaultRangeExtractor(range), keptIndex), [keptIndex]),
    overscan: OVERSCAN_ROWS,
    scrollMargin: marginPx,
    paddingEnd: PADDING_END_PX,
    scrollPaddingStart: ABOVE_DIVIDER_PX,
    scrollPaddingEnd: PADDING_END_PX,
    anchorTo: 'end',
    scrollEndThreshold: inPast ? NEVER_PX : END_PX,
  });

  // Whatever stands above the list may have changed with any render; where nothing is seen there is nothing to measure.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  useLayoutEffect(() => {
    if (list.current && scroller.current && scroller.current.clientHeight > 0) setMarginPx(list.current.offsetTop);
  });

  const shown = virtualizer.getVirtualItems().flatMap(({ index, start }) => {
    const row = rows[index];
    return row ? [{ row, index, top: start - marginPx }] : [];
  });
  return {
    shown,
    heightPx: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
    toEnd: useCallback(() => virtualizer.scrollToEnd(), [virtualizer]),
    toOffset: useCallback((px) => virtualizer.scrollToOffset(px), [virtualizer]),
    toRow: useCallback((index, align) => virtualizer.scrollToIndex(index, { align }), [virtualizer]),
  };
}

/** In a page that is not shown everything is 0 px high; what was measured before still holds. */
function measured(element: HTMLElement, entry: ResizeObserverEntry | undefined, instance: Virtualizer<HTMLElement, HTMLElement>): number {
  const px = measureElement(element, entry, instance);
  if (px > 0) return px;
  const index = instance.indexFromElement(element);
  return instance.itemSizeCache.get(instance.options.getItemKey(index)) ?? instance.options.estimateSize(index);
}

function withKept(indexes: number[], kept: number): number[] {
  return kept < 0 || indexes.includes(kept) ? indexes : [...indexes, kept].sort((a, b) => a - b);
}

const LINE_PX = 22;
const LINE_CHARACTERS = 60;

/** Of a message by its text, as it would stand on a screen of middling width. */
function guessPx(row: Row | undefined): number {
  if (row?.kind !== 'bubble') return 2 * LINE_PX;
  const lines = (row.message ?? row.pending)?.content.split('\n').map((line) => Math.max(1, Math.ceil(line.length / LINE_CHARACTERS))) ?? [];
  return lines.reduce((sum, count) => sum + count, row.first ? 1 : 0) * LINE_PX + 14;
}
