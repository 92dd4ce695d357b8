import { useEffect, useEffectEvent, useState, type RefObject } from 'react';
import type { Conversation } from '../../wire/conversations.ts';

/** Up to which message somebody has seen, and whether that is the newest that stands here. */
export type Seen = (seq: number, newest: boolean) => void;

/** Tells what has been on the screen of somebody who looks at this page. Null: there is nothing to tell, and nothing is measured. */
export function useReading(scroller: RefObject<HTMLElement | null>, newestSeq: number | undefined, seen: Seen | null): void {
  const report = useEffectEvent(() => {
    if (!seen || document.visibilityState !== 'visible') return;
    const seq = lookFor(scroller.current);
    if (seq !== null) seen(seq, seq === newestSeq);
  });
  useEffect(() => report());
  useEffect(() => {
    const box = scroller.current;
    box?.addEventListener('scroll', report, { passive: true });
    document.addEventListener('visibilitychange', report);
    return () => {
      box?.removeEventListener('scroll', report);
      document.removeEventListener('visibilitychange', report);
    };
  }, [scroller]);
}

/** The newest message whose end is in sight. */
function lookFor(scroller: HTMLElement | null): number | null {
  // A panel may cover it.
  if (!scroller?.checkVisibility({ visibilityProperty: true })) return null;
  const bottom = scroller.getBoundingClientRect().bottom + 1;
  const items = [...scroller.querySelectorAll<HTMLElement>('[data-seq]')];
  const last = items.findLast((item) => item.getBoundingClientRect().bottom <= bottom);
  return last ? Number(last.dataset['seq']) : null;
}

/**
 * Up to where everything was read when the person came: the divider of new messages stands after it, and stays there while
 * they read. Each time they look away it moves to what they have read by then.
 */
export function useUnreadFrom({ membership }: Conversation): number | null {
  const [readSeq, setReadSeq] = useState(membership.unread > 0 ? membership.readSeq : null);
  const lookAway = useEffectEvent(() => {
    if (document.visibilityState === 'hidden') setReadSeq(membership.readSeq);
  });
  useEffect(() => {
    document.addEventListener('visibilitychange', lookAway);
    return () => document.removeEventListener('visibilitychange', lookAway);
  }, []);
  return readSeq;
}
