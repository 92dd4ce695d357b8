import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Query } from './mentions.ts';

type Box = RefObject<HTMLTextAreaElement | null>;

/** Selects something once the text that was just set is in the box: React itself puts the caret at its end. */
export function useSelection(box: Box): (from: number, to: number) => void {
  const wanted = useRef<{ from: number; to: number } | null>(null);
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    box.current?.setSelectionRange(wanted.current.from, wanted.current.to);
    wanted.current = null;
  });
  return (from, to) => {
    wanted.current = { from, to };
  };
}

/** The word at the caret that asks for a completion, and where somebody stands in the list of what fits. */
export type Typed = {
  box: Box;
  caret: number | null;
  query: Query | null;
  /** What fits this is offered. Null: nothing is. */
  wanted: string | null;
  active: number;
  setActive(active: number): void;
  look(): void;
  close(): void;
  /** Until another such word is begun. */
  dismiss(): void;
};

export function useTyped(text: string, box: Box, find: (text: string, caret: number) => Query | null): Typed {
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const query = caret === null ? null : find(text, caret);
  const wanted = query !== null && query.from !== closedAt ? query.text : null;

  function look(): void {
    const { selectionStart = null, selectionEnd = null } = box.current ?? {};
    const now = selectionStart === selectionEnd ? selectionStart : null;
    if (now === caret) return;
    setCaret(now);
    setActive(0);
    if (closedAt !== null && (now === null || now <= closedAt)) setClosedAt(null);
  }

  return { box, caret, query, wanted, active, setActive, look, close: () => setCaret(null), dismiss: () => query && setClosedAt(query.from) };
}

export type Completion<Item> = {
  offered: readonly Item[];
  active: number;
  pick(item: Item): void;
  /** Answers whether the key was meant for the list. */
  onKeyDown(key: string): boolean;
};

/** `take` writes what was chosen in place of what was typed. */
export function completionOf<Item>(
  typed: Typed,
  offered: readonly Item[],
  take: (item: Item, query: Query, caret: number) => void,
): Completion<Item> {
  const { query, caret } = typed;
  const active = Math.min(typed.active, offered.length - 1);

  function pick(item: Item): void {
    if (!query || caret === null) return;
    take(item, query, caret);
    typed.close();
    typed.box.current?.focus();
  }

  function onKeyDown(key: string): boolean {
    const item = offered[active];
    if (item === undefined || !query) return false;
    if (key === 'ArrowDown') typed.setActive((active + 1) % offered.length);
    else if (key === 'ArrowUp') typed.setActive((active + offered.length - 1) % offered.length);
    else if (key === 'Enter' || key === 'Tab') pick(item);
    else if (key === 'Escape') typed.dismiss();
    else return false;
    return true;
  }

  return { offered, active, pick, onKeyDown };
}
