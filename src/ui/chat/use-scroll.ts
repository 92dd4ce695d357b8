import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Row } from './rows.ts';
import { END_PX, useVirtual, type Virtual } from './use-virtual.ts';

/** Older messages are fetched before the reader reaches the top, newer ones of the past before they reach the end. */
const AHEAD_PX = 1_500;

type Input = {
  rows: readonly Row[];
  /** The row with the focus. */
  kept: string | null;
  /** Null where there is nothing older. */
  loadOlder: (() => void) | null;
  /** There for a stretch of the past, whose end is not the end. */
  loadNewer: (() => void) | null;
};

type Scroll = Virtual & {
  scroller: RefObject<HTMLDivElement | null>;
  list: RefObject<HTMLOListElement | null>;
  atEnd: boolean;
};

/**
 * Where the reader is. At the end they stay at the end, whatever arrives or grows; further up the messages in sight stay
 * where they are while older ones come in above.
 */
export function useScroll({ rows, kept, loadOlder, loadNewer }: Input): Scroll {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const place = useRef({ stuck: true, opened: false, hidden: false, inPast: false, top: 0, lastKey: '' });
  const [atEnd, setAtEnd] = useState(true);
  const inPast = loadNewer !== null;
  const virtual = useVirtual({ rows, scroller, list, kept, inPast });
  const { toEnd, toOffset, toRow } = virtual;

  const look = useCallback(() => {
    const box = scroller.current;
    // Where it is not seen at all it has no place; the one from before counts.
    if (!box || box.clientHeight === 0) return;
    const stuck = !place.current.inPast && box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
    Object.assign(place.current, { stuck, top: box.scrollTop });
    setAtEnd(stuck);
  }, []);

  useLayoutEffect(() => {
    const before = { ...place.current };
    // At once: an event may come before the listeners know of it, and the end of the past is none to stay at.
    place.current.inPast = inPast;
    if (rows.length === 0) return;
    const last = rows.at(-1);
    const wrote = last?.key !== before.lastKey && last?.kind === 'bubble' && last.mine;
    if (!before.opened) open(rows, { toEnd, toRow });
    // Where the rest of the past has come, its last message is new to this list, but was not written now.
    else if ((before.stuck || wrote) && !inPast && !before.inPast) toEnd();
    Object.assign(place.current, { opened: true, lastKey: last?.key ?? '' });
    look();
  }, [rows, inPast, look, toEnd, toRow]);

  // The window, the keyboard of a phone or a growing composer change the height.
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      const { stuck, hidden, top } = place.current;
      if (stuck) toEnd();
      else if (hidden) toOffset(top);
      place.current.hidden = box.clientHeight === 0;
      look();
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [look, toEnd, toOffset]);

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

  return { ...virtual, scroller, list, atEnd };
}

/** At the end; or where the new messages begin, when they do not fit on the screen. */
function open(rows: readonly Row[], { toEnd, toRow }: Pick<Virtual, 'toEnd' | 'toRow'>): void {
  const divider = rows.findIndex(({ kind }) => kind === 'unread');
  if (divider < 0) toEnd();
  else toRow(divider, 'start');
}
