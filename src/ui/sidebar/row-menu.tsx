import type { RefObject } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Menu, MenuItem } from '../parts/menu.tsx';
import { useNotify } from '../parts/notice.tsx';
import { useClient, useNow } from '../state.ts';
import { isMuted } from './listed.ts';

type Props = { conversation: Conversation; anchor: RefObject<HTMLElement | null>; onClose(): void };

/** What I can do with a conversation in my list; everything in it is mine alone. */
export function RowMenu({ conversation: { id, membership, lastSeq }, anchor, onClose }: Props) {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const muted = isMuted(membership, useNow());
  const { pinned, archived, unread } = membership;

  function change(changed: { pinned?: boolean; archived?: boolean; muted?: boolean; notify?: 'all' }): void {
    onClose();
    client.call('membership.update', { conversationId: id, ...changed }).catch((error: unknown) => notify(sentenceOf(t, error)));
  }

  return (
    <Menu label={t.list.options} anchor={anchor} onClose={onClose}>
      {unread > 0 && (
        <MenuItem
          icon="check-all"
          onSelect={() => {
            onClose();
            client.markRead(id, lastSeq);
          }}
        >
          {t.list.markRead}
        </MenuItem>
      )}
      {!archived && (
        <MenuItem icon={pinned ? 'unpin' : 'pin'} onSelect={() => change({ pinned: !pinned })}>
          {pinned ? t.list.unpin : t.list.pin}
        </MenuItem>
      )}
      <MenuItem icon={muted ? 'bell' : 'bell-off'} onSelect={() => change(muted ? { muted: false, notify: 'all' } : { muted: true })}>
        {muted ? t.list.unmute : t.list.mute}
      </MenuItem>
      <MenuItem icon="archive" onSelect={() => change({ archived: !archived })}>
        {archived ? t.list.unarchive : t.list.archive}
      </MenuItem>
    </Menu>
  );
}
