import { useCallback, useLayoutEffect, useRef, useState, type FocusEvent, type RefObject } from 'react';
import type { Row } from './rows.ts';

type Input = { rows: readonly Row[]; scroller: RefObject<HTMLElement | null>; toRow(index: number, align: 'auto' | 'center'): void };

export type Focus = {
  /** Arrow keys walk through the messages, one focus stop for all of them. Answers whether the key was meant for that. */
  move(key: string): boolean;
  /** Shows a message and makes clear which one it is. Answers whether it is here. */
  show(seq: number): boolean;
};

/** The row that has the focus, by its key: it stays in the page however far it is scrolled away, so that the focus is not lost. */
export function useKept() {
  const [kept, keep] = useState<string | null>(null);
  const onFocus = useCallback(({ target }: FocusEvent) => keep(target.closest<HTMLElement>('[data-key]')?.dataset['key'] ?? null), []);
  const onBlur = useCallback(({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) keep(null);
  }, []);
  return { kept, keep, onFocus, onBlur };
}

/** Moves the focus to messages that may not be in the page yet. */
export function useFocus({ rows, scroller, toRow }: Input, keep: (key: string) => void): Focus {
  const wanted = useRef<string | null>(null);

  const settle = useCallback(() => {
    const found = wanted.current === null ? null : messageOf(scroller.current, wanted.current);
    if (!found) return;
    wanted.current = null;
    found.focus({ preventScroll: true });
  }, [scroller]);
  useLayoutEffect(settle);

  function focus(index: number, align: 'auto' | 'center'): void {
    const row = rows[index];
    if (!row) return;
    toRow(index, align);
    wanted.current = row.key;
    keep(row.key);
    settle();
  }

  function show(seq: number): boolean {
    const index = rows.findIndex((row) => 'message' in row && row.message?.seq === seq);
    if (index >= 0) focus(index, 'center');
    else return focusTop(scroller.current, `[data-seq="${seq}"]`);
    return true;
  }

  function move(key: string): boolean {
    if (!['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key)) return false;
    const bubbles = rows.flatMap(({ kind }, index) => (kind === 'bubble' ? [index] : []));
    const here = document.activeElement?.closest<HTMLElement>('[data-key], .thread-root');
    const now = bubbles.findIndex((index) => rows[index]?.key === here?.dataset['key']);
    const last = bubbles.length - 1;
    const target = { ArrowUp: here ? now - 1 : last, ArrowDown: here ? now + 1 : last, Home: -1, End: last }[key] ?? last;
    if (target >= 0 || !focusTop(scroller.current, '.message')) focus(bubbles[Math.max(0, Math.min(last, target))] ?? -1, 'auto');
    return true;
  }

  return { move, show };
}

function messageOf(scroller: HTMLElement | null, key: string): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] .message`) ?? null;
}

/** What stands above the list, as the message that a thread hangs under. */
function focusTop(scroller: HTMLElement | null, which: string): boolean {
  const found = scroller?.querySelector<HTMLElement>(`.thread-root ${which}`);
  found?.scrollIntoView({ block: 'center' });
  found?.focus({ preventScroll: true });
  return Boolean(found);
}
