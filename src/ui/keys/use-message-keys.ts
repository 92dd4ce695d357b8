import type { KeyboardEvent } from 'react';
import type { Message } from '../../wire/messages.ts';
import { usePlace } from '../chat/place.ts';
import { usePickEmoji } from '../emoji/picking.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { useNotify } from '../parts/notice.tsx';
import { useClient } from '../state.ts';
import { isPressed } from './table.ts';

/** Single keys on the message that has the focus. Whether it is allowed the server says, as for the menu. */
export function useMessageKeys(message: Message | null, mine: boolean): (event: KeyboardEvent<HTMLElement>) => void {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const pickEmoji = usePickEmoji();
  const place = usePlace();
  const complain = (error: unknown): void => notify(sentenceOf(t, error));

  return (event) => {
    const item = event.currentTarget;
    if (event.target !== item) return;
    const run = runOf(event.nativeEvent, item);
    if (!run) return;
    event.preventDefault();
    run();
  };

  function runOf(event: globalThis.KeyboardEvent, item: HTMLElement): (() => void) | null {
    if (isPressed(event, 'toText')) return () => item.closest('.chat-column, .thread')?.querySelector<HTMLElement>('.composer textarea')?.focus();
    if (!message || message.deletedAt !== null) return null;
    if (isPressed(event, 'react')) return () => pickEmoji(item, (emoji) => void client.react(message, emoji).catch(complain));
    if (isPressed(event, 'reply')) return () => place.reply(message);
    if (isPressed(event, 'thread') && place.threadId === null) return () => place.openThread(message.threadId ?? message.id);
    if (isPressed(event, 'edit') && mine && isEditable(message)) return () => place.edit(message);
    if (isPressed(event, 'copy') && message.content !== '' && 'clipboard' in navigator)
      return () => void navigator.clipboard.writeText(message.content).then(() => notify(t.menu.copied), complain);
    return null;
  }
}

/** One's own words, not a copy of somebody else's. */
export function isEditable({ type, deletedAt, forwardedFrom }: Message): boolean {
  return type === 'text' && deletedAt === null && forwardedFrom === null;
}
