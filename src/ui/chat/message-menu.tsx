import { useState, type RefObject } from 'react';
import type { Message } from '../../wire/messages.ts';
import { usePickEmoji } from '../emoji/picking.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Dialog } from '../parts/dialog.tsx';
import { later } from '../parts/later.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Menu, MenuItem } from '../parts/menu.tsx';
import { useNotify } from '../parts/notice.tsx';
import { useChat, useClient } from '../state.ts';
import { Forward } from './forward.tsx';
import { usePlace } from './place.ts';
import { EmojiItems } from './reactions.tsx';
import { useCapabilities } from './use-capabilities.ts';

const Readers = later(Dialog, async () => (await import('../dialogs-all.ts')).Readers);

type Props = { message: Message; anchor: RefObject<HTMLElement | null>; open: boolean; onClose(): void };
type Asking = 'forward' | 'readers' | 'close poll' | 'delete' | 'hide';

/** The menu of a message, and the dialogs that it leads to. */
export function MessageMenu({ message, anchor, open, onClose }: Props) {
  const { t } = useI18n();
  const client = useClient();
  const [asking, setAsking] = useState<Asking | null>(null);
  const answered = (): void => setAsking(null);
  return (
    <>
      {open && <Entries message={message} anchor={anchor} onClose={onClose} onAsk={setAsking} />}
      {asking === 'forward' && <Forward message={message} onClose={answered} />}
      {asking === 'readers' && <Readers message={message} onClose={answered} />}
      {asking === 'close poll' && (
        <Confirm title={t.poll.close} question={t.poll.closeSure} action={t.poll.close} run={() => client.closePoll(message)} onClose={answered} />
      )}
      {asking === 'delete' && (
        <Confirm
          title={t.menu.deleteForAll}
          question={t.menu.deleteForAllSure}
          action={t.menu.delete}
          run={() => client.call('message.delete', { messageId: message.id })}
          onClose={answered}
        />
      )}
      {asking === 'hide' && (
        <Confirm
          title={t.menu.deleteForMe}
          question={t.menu.deleteForMeSure}
          action={t.menu.delete}
          run={() => client.hideMessage(message.id)}
          onClose={answered}
        />
      )}
    </>
  );
}

type EntriesProps = Omit<Props, 'open'> & { onAsk(asking: Asking): void };

function Entries({ message, anchor, onClose, onAsk }: EntriesProps) {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const place = usePlace();
  const pickEmoji = usePickEmoji();
  const allowed = useCapabilities(message);
  const group = useChat((state) => state.conversations.get(message.conversationId)?.kind !== 'direct');
  const mine = useChat((state) => state.me?.id === message.sender.id);
  const { id, content } = message;
  const pinned = message.pinned !== null;
  const tell = async (doing: Promise<unknown>, done?: string): Promise<void> => {
    try {
      await doing;
      if (done !== undefined) notify(done);
    } catch (error) {
      notify(sentenceOf(t, error));
    }
  };
  const react = (emoji: string): void => void tell(client.react(message, emoji));
  /** The focus is back at the button before the next thing takes it. */
  function leave(run: () => void): void {
    onClose();
    queueMicrotask(run);
  }

  return (
    <Menu label={t.menu.title} anchor={anchor} onClose={onClose}>
      {allowed.react && <EmojiItems onPick={(emoji) => leave(() => react(emoji))} onMore={() => leave(() => pickEmoji(anchor.current, react))} />}
      {allowed.reply && (
        <MenuItem icon="reply" shortcut="reply" onSelect={() => leave(() => place.reply(message))}>
          {t.chat.reply}
        </MenuItem>
      )}
      {place.threadId === null && (allowed.reply || message.thread !== null) && (
        <MenuItem icon="thread" shortcut="thread" onSelect={() => leave(() => place.openThread(message.threadId ?? id))}>
          {t.thread.reply}
        </MenuItem>
      )}
      {allowed.forward && (
        <MenuItem icon="forward" onSelect={() => leave(() => onAsk('forward'))}>
          {t.forward.title}
        </MenuItem>
      )}
      {allowed.pin && (
        <MenuItem
          icon={pinned ? 'unpin' : 'pin'}
          onSelect={() => leave(() => void tell(client.setPinned(id, !pinned), pinned ? t.pin.unpinned : t.pin.pinned))}
        >
          {pinned ? t.pin.remove : t.pin.add}
        </MenuItem>
      )}
      {group && (
        <MenuItem icon="check-all" onSelect={() => leave(() => onAsk('readers'))}>
          {t.readers.title}
        </MenuItem>
      )}
      {content !== '' && 'clipboard' in navigator && (
        <MenuItem icon="copy" shortcut="copy" onSelect={() => leave(() => void tell(navigator.clipboard.writeText(content), t.menu.copied))}>
          {t.menu.copy}
        </MenuItem>
      )}
      {allowed.mayClosePoll && (
        <MenuItem icon="poll" onSelect={() => leave(() => onAsk('close poll'))}>
          {t.poll.close}
        </MenuItem>
      )}
      {allowed.mayEdit && (
        <MenuItem icon="edit" shortcut="edit" disabled={!allowed.edit} onSelect={() => leave(() => place.edit(message))}>
          {t.edit.action}
        </MenuItem>
      )}
      {message.linkPreview && mine && (
        <MenuItem icon="unlink" onSelect={() => leave(() => void tell(client.call('linkPreview.remove', { messageId: id })))}>
          {t.menu.removePreview}
        </MenuItem>
      )}
      <MenuItem icon="hide" onSelect={() => leave(() => onAsk('hide'))}>
        {t.menu.deleteForMe}
      </MenuItem>
      {allowed.mayDelete && (
        <MenuItem icon="bin" danger disabled={!allowed.delete} onSelect={() => leave(() => onAsk('delete'))}>
          {t.menu.deleteForAll}
        </MenuItem>
      )}
    </Menu>
  );
}
