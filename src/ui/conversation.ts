import type { PendingMessage } from '../client/index.ts';
import type { Conversation } from '../wire/conversations.ts';
import type { Message } from '../wire/messages.ts';
import { unmarked } from './parts/markdown.tsx';
import type { Catalogue } from './i18n/index.ts';

export function titleOf(t: Catalogue, conversation: Pick<Conversation, 'kind' | 'title' | 'peer'>): string {
  if (conversation.kind === 'direct') return conversation.peer?.name ?? t.chat.deletedPerson;
  return conversation.title ?? t.people.group;
}

/** One line of the newest message, with who wrote it where that is not clear. */
export function previewOf(
  t: Catalogue,
  conversation: Conversation,
  pending: readonly PendingMessage[] | undefined,
  myId: string | undefined,
): string {
  const waiting = pending?.at(-1);
  if (waiting) return t.list.you(waiting.poll ? t.poll.preview(waiting.content) : unmarked(waiting.content));
  const message = conversation.lastMessage;
  if (!message) return t.list.nothingYet;
  const text = textOf(t, message, myId);
  if (message.type === 'system') return text;
  if (message.sender.id === myId) return t.list.you(text);
  return conversation.kind === 'direct' ? text : t.list.by(message.sender.name, text);
}

/** What a message says where there is no room for its layout. */
export function textOf(t: Catalogue, message: Message, myId: string | undefined): string {
  if (message.deletedAt !== null) return t.chat.deleted;
  if (message.type === 'system') return systemText(t, message, myId);
  if (message.type === 'location') return message.content || t.chat.location;
  return message.type === 'poll' ? t.poll.preview(message.content) : unmarked(message.content);
}

/** What happened, in the reader's language; `content` tells it in English where we do not know the event. */
function systemText(t: Catalogue, { sender, metadata, content }: Message, myId: string | undefined): string {
  const actor = sender.id === myId ? t.chat.you : sender.name;
  const names = Array.isArray(metadata['names']) ? metadata['names'].map(String) : [];
  switch (metadata['event']) {
    case 'member_added':
      return t.system.memberAdded(actor, names);
    case 'member_left':
      return t.system.memberLeft(actor);
    case 'member_removed':
      return t.system.memberRemoved(actor, names);
    case 'title_changed':
      return typeof metadata['title'] === 'string' ? t.system.titleChanged(actor, metadata['title']) : t.system.titleRemoved(actor);
    default:
      return content;
  }
}
