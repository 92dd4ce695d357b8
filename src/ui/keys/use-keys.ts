import { useEffect, useEffectEvent } from 'react';
import { useDialogs } from '../dialogs.tsx';
import { navigate, pathOf, useConversationId } from '../route.ts';
import { useSide } from '../side.ts';
import { useListed } from '../sidebar/listed.ts';
import { useClient } from '../state.ts';
import { hasSingleKeys } from './single.ts';
import { isPressed, isWriting } from './table.ts';

/** The shortcuts of the whole page; not while a dialog or a menu wants an answer. */
export function useKeys(): void {
  const client = useClient();
  const side = useSide();
  const dialogs = useDialogs();
  const here = useConversationId();
  const { conversations } = useListed();

  /** Up or down from the open one; from nowhere the first. Where there is none further on, nothing happens. */
  function go(step: 1 | -1, onlyUnread: boolean): void {
    const at = conversations.findIndex(({ id }) => id === here);
    const ahead = step > 0 ? conversations.slice(at + 1) : conversations.slice(0, Math.max(at, 0)).reverse();
    const target = ahead.find(({ membership }) => !onlyUnread || membership.unread > 0);
    if (target) navigate(pathOf(target.id));
  }

  function markRead(): void {
    const open = conversations.find(({ id }) => id === here);
    if (open && open.membership.unread > 0) client.markRead(open.id, open.lastSeq);
  }

  const pressed = useEffectEvent((event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open], :popover-open')) return;
    const run = runOf(event);
    if (!run) return;
    event.preventDefault();
    run();
  });

  function runOf(event: KeyboardEvent): (() => void) | null {
    if (isPressed(event, 'palette')) return () => dialogs.open('palette');
    if (isPressed(event, 'nextUnread')) return () => go(1, true);
    if (isPressed(event, 'previousUnread')) return () => go(-1, true);
    if (isPressed(event, 'next')) return () => go(1, false);
    if (isPressed(event, 'previous')) return () => go(-1, false);
    if (isWriting(event.target)) return null;
    if (isPressed(event, 'markRead')) return side.view ? side.close : markRead;
    if (!hasSingleKeys()) return null;
    if (isPressed(event, 'search')) {
      const { view } = side;
      return () => side.open({ kind: 'search', conversationId: view?.kind === 'search' ? view.conversationId : null });
    }
    return isPressed(event, 'help') ? () => dialogs.open('keys') : null;
  }

  useEffect(() => {
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}
