import { useEffect, useEffectEvent, useState, type RefObject } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { useClient } from '../state.ts';

/** Tells as read what has been on the screen of somebody who looks at this page. */
export function useReading(scroller: RefObject<HTMLElement | null>, conversation: Conversation): void {
  const client = useClient();
  const report = useEffectEvent(() => {
    if (document.visibilityState !== 'visible' || conversation.membership.unread === 0) return;
    const seq = lastSeenSeq(scroller.current);
    if (seq > conversation.membership.readSeq) client.markRead(conversation.id, seq);
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
function lastSeenSeq(scroller: HTMLElement | null): number {
  if (!scroller) return 0;
  const bottom = scroller.getBoundingClientRect().bottom + 1;
  const items = [...scroller.querySelectorAll<HTMLElement>('[data-seq]')];
  const seen = items.findLast((item) => item.getBoundingClientRect().bottom <= bottom);
  return Number(seen?.dataset['seq'] ?? 0);
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
