import type { Conversation } from '../wire/conversations.ts';
import type { Message } from '../wire/messages.ts';
import type { Me, Person, Profile } from '../wire/person.ts';
import type { Call, Input } from './commands.ts';
import { dropConversation, putConversation } from './conversation.ts';
import { allPages } from './pages.ts';
import { withEntry, type State, type Timeline } from './state.ts';
import type { Store } from './store.ts';

/** With whom one talks: new conversations, their members, who is there. Everything rejects with a ChinwagError. */
export function createPeople({ store, call }: { store: Store; call: Call }) {
  const known = (conversation: Conversation): Conversation => {
    store.update((state) => putConversation(state, conversation));
    return conversation;
  };

  const isMe = (me: Me): void => store.update((state) => (state.me?.id === me.id ? { ...state, me } : state));

  return {
    /** The direct conversation with a person: the one that is there, or a new one. */
    startDirect: async (userId: string): Promise<Conversation> => known(await call('conversation.create', { kind: 'direct', userId })),

    startGroup: async (title: string, memberIds: string[]): Promise<Conversation> =>
      known(await call('conversation.create', { kind: 'group', title, memberIds })),

    /** Reads all members; from then on they are kept up to date by events. */
    async loadMembers(conversationId: string): Promise<void> {
      const members = await allPages((place) => call('member.list', { conversationId, ...place }));
      store.update((state) => ({ ...state, members: withEntry(state.members, conversationId, members) }));
    },

    /** What we say of ourselves, and what others may see. */
    async updateProfile(changed: Input<'person.update'>): Promise<void> {
      isMe(await call('person.update', changed));
    },

    /** After a time without events. */
    refreshMe: async (): Promise<void> => isMe(await call('person.me', {})),

    getProfile: (userId: string): Promise<Profile> => call('person.get', { userId }),

    async leaveConversation(conversationId: string): Promise<void> {
      await call('member.remove', { conversationId, userId: 'me' });
      store.update((state) => dropConversation(state, conversationId));
    },
  };
}

/** Somebody appears otherwise than before: to us as a peer, among the members, on what they wrote, or as ourselves. */
export function applyPerson(state: State, person: Person): State {
  const { id, name, avatarUrl } = person;
  const named = (message: Message): Message => (message.sender.id === id ? { ...message, sender: { ...message.sender, name, avatarUrl } } : message);
  const within = (timeline: Timeline): Timeline => ({ ...timeline, messages: timeline.messages.map(named) });
  const entries = <Value>(map: ReadonlyMap<string, Value>, change: (value: Value) => Value): ReadonlyMap<string, Value> =>
    new Map([...map].map(([key, value]) => [key, change(value)]));
  return {
    ...state,
    me: state.me?.id === id ? { ...state.me, ...person } : state.me,
    conversations: entries(state.conversations, (conversation) => ({
      ...conversation,
      peer: conversation.peer?.id === id ? person : conversation.peer,
      lastMessage: conversation.lastMessage && named(conversation.lastMessage),
    })),
    members: entries(state.members, (members) => members.map((member) => (member.userId === id ? { ...member, user: person } : member))),
    timelines: entries(state.timelines, within),
    threads: entries(state.threads, ({ root, timeline }) => ({ root: named(root), timeline: within(timeline) })),
    pins: entries(state.pins, (messages) => messages.map(named)),
  };
}

export type People = ReturnType<typeof createPeople>;
