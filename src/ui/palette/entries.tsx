import { useMemo, type ReactNode } from 'react';
import { useContacts } from '../../client/react/index.ts';
import { matching } from '../chat/mentions.ts';
import { titleOf } from '../conversation.ts';
import { useDialogs, type DialogName } from '../dialogs.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import type { KeyName } from '../keys/table.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { useNotify } from '../parts/notice.tsx';
import { navigate, pathOf, useConversationId } from '../route.ts';
import { useSide, type SideView } from '../side.ts';
import { useListed } from '../sidebar/listed.ts';
import { useSignOut } from '../sidebar/use-sign-out.ts';
import { useChat, useClient } from '../state.ts';

/** Something to do, or somewhere to go. */
export type Entry = { id: string; name: string; note: string; unread?: number; face: ReactNode; shortcut?: KeyName; run(): void };

const CONVERSATIONS_MAX = 8;
const PEOPLE_MAX = 5;

/** What fits the text: conversations first, then people to write to, then commands. Without a text the newest conversations and every command. */
export function useEntries(q: string): readonly Entry[] {
  const conversations = useConversationEntries();
  const people = usePeopleEntries(q);
  const commands = useCommandEntries();
  if (q === '') return [...conversations.slice(0, CONVERSATIONS_MAX), ...commands];
  return [...matching(conversations, q).slice(0, CONVERSATIONS_MAX), ...people, ...matching(commands, q)];
}

function useConversationEntries(): Entry[] {
  const { t } = useI18n();
  const here = useConversationId();
  const all = useChat((state) => state.conversations);
  const { conversations } = useListed();
  return useMemo(() => {
    const archived = [...all.values()].filter(({ membership }) => membership.archived);
    const others = [...conversations, ...archived].filter(({ id }) => id !== here);
    return others.map((conversation): Entry => {
      const { id, kind, peer, avatarUrl, membership } = conversation;
      const name = titleOf(t, conversation);
      return {
        id,
        name,
        note: kind === 'direct' ? t.people.direct : t.people.group,
        unread: membership.unread,
        face: <Avatar id={peer?.id ?? id} name={name} url={peer?.avatarUrl ?? avatarUrl} group={kind !== 'direct'} size="small" />,
        run: () => navigate(pathOf(id)),
      };
    });
  }, [t, all, conversations, here]);
}

/** Those with whom there is no conversation yet; the others are found by it. */
function usePeopleEntries(q: string): Entry[] {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const { found } = useContacts(q);
  const all = useChat((state) => state.conversations);
  if (!found || found.q !== q) return [];
  const met = new Set([...all.values()].map(({ peer }) => peer?.id));
  const strangers = found.items.filter(({ id }) => !met.has(id)).slice(0, PEOPLE_MAX);
  return strangers.map(({ id, name, avatarUrl, status }) => ({
    id,
    name,
    note: t.palette.writeTo,
    face: <Avatar id={id} name={name} url={avatarUrl} status={status} size="small" />,
    run: () =>
      void client.startDirect(id).then(
        (conversation) => navigate(pathOf(conversation.id)),
        (error: unknown) => notify(sentenceOf(t, error)),
      ),
  }));
}

function useCommandEntries(): Entry[] {
  const { t } = useI18n();
  const client = useClient();
  const here = useConversationId();
  const side = useSide();
  const dialogs = useDialogs();
  const signOut = useSignOut();
  const { conversations } = useListed();
  const unread = conversations.filter(({ membership }) => membership.unread > 0);
  const command = (id: string, icon: IconName, name: string, run: () => void, shortcut?: KeyName): Entry => ({
    id,
    name,
    note: '',
    face: (
      <span className="palette-icon">
        <Icon name={icon} />
      </span>
    ),
    run,
    ...(shortcut && { shortcut }),
  });
  const dialog = (name: DialogName) => () => dialogs.open(name);
  const view = (wanted: SideView) => () => side.open(wanted);
  return [
    command('new', 'plus', t.list.create, dialog('new')),
    command('search', 'search', t.search.label, view({ kind: 'search', conversationId: null }), 'search'),
    ...(here === null ? [] : [command('search-here', 'search', t.options.search, view({ kind: 'search', conversationId: here }))]),
    command('notifications', 'bell', t.notifications.title, view({ kind: 'notifications' })),
    command('archived', 'archive', t.list.archived, view({ kind: 'archived' })),
    ...(unread.length === 0
      ? []
      : [command('read-all', 'check-all', t.palette.readAll, () => unread.forEach(({ id, lastSeq }) => client.markRead(id, lastSeq)))]),
    command('preferences', 'settings', t.preferences.title, dialog('preferences')),
    command('profile', 'person', t.profile.mine, dialog('profile')),
    command('keys', 'keyboard', t.keys.title, dialog('keys'), 'help'),
    command('sign-out', 'out', t.auth.signOut, signOut),
  ];
}
