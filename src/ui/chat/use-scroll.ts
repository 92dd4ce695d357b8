import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Row } from './rows.ts';

/** Nearer to the end than this counts as at the end. */
const END_PX = 60;
/** Older messages are fetched before the reader reaches the top, newer ones of the past before they reach the end. */
const AHEAD_PX = 600;
/** How much of what was read before stays above the divider of new messages. */
const ABOVE_DIVIDER_PX = 96;

type Scroll = { scroller: RefObject<HTMLDivElement | null>; atEnd: boolean; toEnd(): void };

/**
 * Where the reader is. At the end they stay at the end, whatever arrives or grows; further up the messages in sight stay
 * where they are while older ones come in above. `loadOlder` is null where there is nothing older; `loadNewer` is there for a
 * stretch of the past, whose end is not the end.
 */
export function useScroll(
  rows: readonly Row[],
  firstSeq: number | undefined,
  loadOlder: (() => void) | null,
  loadNewer: (() => void) | null,
): Scroll {
  const scroller = useRef<HTMLDivElement>(null);
  const place = useRef({ stuck: true, opened: false, hidden: false, top: 0, height: 0, firstSeq, lastKey: '' });
  const [atEnd, setAtEnd] = useState(true);
  const inPast = loadNewer !== null;

  const look = useCallback(() => {
    const box = scroller.current;
    // Where it is not seen at all it has no place; the one from before counts.
    if (!box || box.clientHeight === 0) return;
    const stuck = !inPast && box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
    Object.assign(place.current, { stuck, top: box.scrollTop, height: box.scrollHeight });
    setAtEnd(stuck);
  }, [inPast]);

  useLayoutEffect(() => {
    const box = scroller.current;
    const before = place.current;
    if (!box || rows.length === 0) return;
    const last = rows.at(-1);
    const wrote = last?.key !== before.lastKey && last?.kind === 'bubble' && last.mine;
    if (!before.opened) open(box);
    else if (firstSeq !== undefined && before.firstSeq !== undefined && firstSeq < before.firstSeq)
      box.scrollTop = before.top + box.scrollHeight - before.height;
    else if (before.stuck || wrote) box.scrollTop = box.scrollHeight;
    Object.assign(before, { opened: true, firstSeq, lastKey: last?.key ?? '' });
    look();
  }, [rows, firstSeq, look]);

  // The window, the keyboard of a phone or a growing composer change the height.
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      const { stuck, hidden, top } = place.current;
      if (stuck) box.scrollTop = box.scrollHeight;
      else if (hidden) box.scrollTop = top;
      place.current.hidden = box.clientHeight === 0;
      look();
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [look]);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const onScroll = (): void => {
      look();
      if (box.scrollTop < AHEAD_PX) loadOlder?.();
      if (box.scrollHeight - box.scrollTop - box.clientHeight < AHEAD_PX) loadNewer?.();
    };
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => box.removeEventListener('scroll', onScroll);
  }, [look, loadOlder, loadNewer]);

  // A page that does not fill the screen leaves nothing to scroll.
  useEffect(() => {
    const box = scroller.current;
    if (!box || box.scrollHeight > box.clientHeight) return;
    loadOlder?.();
    loadNewer?.();
  });

  const toEnd = useCallback(() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }), []);
  return { scroller, atEnd, toEnd };
}

/** At the end; or where the new messages begin, when they do not fit on the screen. */
function open(box: HTMLElement): void {
  box.scrollTop = box.scrollHeight;
  const divider = box.querySelector<HTMLElement>('.unread-line');
  if (divider && divider.offsetTop < box.scrollTop + ABOVE_DIVIDER_PX) box.scrollTop = divider.offsetTop - ABOVE_DIVIDER_PX;
}
