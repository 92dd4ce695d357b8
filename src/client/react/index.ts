/** Hooks for React over a client of Chinwag. They know nothing of our web chat; it uses them as yours would. */
export { useBlocks } from './blocks.ts';
export { useContacts } from './contacts.ts';
export { ChinwagProvider, useChat, useClient, useConnection, useConnectionId, useSession } from './context.ts';
export { activityOf, useConversation, useConversations, useUnread } from './conversations.ts';
export { useMembers } from './members.ts';
export { useMessages, useSend, useTimeline, type Messages, type Send } from './messages.ts';
export { useNotifications } from './notifications.ts';
export { usePins, type Pins } from './pins.ts';
export { usePoll, type PollShown } from './polls.ts';
export { usePreferences } from './preferences.ts';
export { usePresence, useTyping, useWatched } from './presence.ts';
export { useProfile } from './profile.ts';
export { useSearch, type Wanted } from './search.ts';
export { useThread } from './thread.ts';
export type { ChatItem } from '../index.ts';
