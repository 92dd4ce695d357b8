import type { ErrorCode } from '../../src/wire/errors.ts';

/** What somebody is answered: `ok` and nothing of others in it, or this error. A list has one for each example of the command. */
export type Outcome = 'ok' | ErrorCode;
type Outcomes = Outcome | Outcome[];

export type Decision = {
  /** In the organisation, and a member of none of the conversations. */
  outsider: Outcomes;
  /** Was a member of the conversation and was removed from it; still in the organisation. */
  removed: Outcomes;
  /** Owns another organisation, so that `ok` is about that one. */
  stranger: Outcomes;
  /** Was removed from the organisation, and is in none. */
  expelled: Outcomes;
};

/** About a conversation or something in it: whoever is not a member does not learn that it exists. */
const inside: Decision = { outsider: 'not_found', removed: 'not_found', stranger: 'not_found', expelled: 'not_found' };

/** About oneself: it names nobody and nothing of others. */
const oneself: Decision = { outsider: 'ok', removed: 'ok', stranger: 'ok', expelled: 'ok' };

/** About a person of the organisation. */
const colleague: Decision = { outsider: 'ok', removed: 'ok', stranger: 'not_found', expelled: 'not_found' };

/** For owners and admins of an organisation, about nothing that exists yet. */
const administration: Decision = { outsider: 'forbidden', removed: 'forbidden', stranger: 'ok', expelled: 'forbidden' };

/**
 * Who gets what from each command, for people who should get nothing. Whoever is not signed in gets `unauthenticated`, whoever is
 * banned `banned`, from every command; they need no line here. A test fails for a command without a line.
 */
export const decisions: Record<string, Decision> = {
  'conversation.create': { ...colleague, stranger: ['not_found', 'invalid_input'], expelled: ['not_found', 'forbidden'] },
  'conversation.list': oneself,
  'conversation.get': inside,
  'conversation.update': inside,
  'conversation.delete': inside,
  'conversation.changes': inside,
  'member.list': inside,
  'member.add': inside,
  'member.update': inside,
  'member.remove': inside,
  'membership.update': inside,
  'message.send': inside,
  'message.sendDirect': colleague,
  'message.list': inside,
  'message.get': inside,
  'message.edit': inside,
  'message.delete': inside,
  'message.edits': inside,
  // Everywhere is where one is a member, which may be nowhere.
  'message.search': { outsider: ['ok', 'not_found'], removed: ['ok', 'not_found'], stranger: ['ok', 'not_found'], expelled: ['ok', 'not_found'] },
  'message.forward': inside,
  'linkPreview.remove': inside,
  'thread.list': inside,
  'thread.get': inside,
  'thread.read': inside,
  'pin.add': inside,
  'pin.remove': inside,
  'pin.list': inside,
  'poll.create': inside,
  'poll.vote': inside,
  'poll.close': inside,
  'draft.set': inside,
  'reaction.add': inside,
  'reaction.remove': inside,
  'receipt.list': inside,
  'read.mark': inside,
  'delivered.mark': inside,
  'unread.count': oneself,
  'unread.list': oneself,
  'typing.set': inside,
  'contact.list': oneself,
  // A list leaves out who is not found; one person alone is not found.
  'presence.get': { ...colleague, stranger: ['ok', 'not_found'], expelled: ['ok', 'not_found'] },
  'presence.watch': oneself,
  'presence.set': oneself,
  'person.me': oneself,
  'person.update': oneself,
  'person.get': colleague,
  'block.add': colleague,
  'block.remove': colleague,
  'block.list': oneself,
  'person.upsert': administration,
  'person.remove': { ...administration, stranger: 'not_found' },
  'key.create': administration,
  'key.list': administration,
  'key.revoke': { ...administration, stranger: 'not_found', expelled: 'not_found' },
  'audit.list': administration,
  'notification.list': oneself,
  'notification.read': oneself,
  'preference.get': oneself,
  'preference.update': oneself,
  'push.key': oneself,
  'push.subscribe': oneself,
  'push.unsubscribe': oneself,
  sync: oneself,
  'socket.ticket': oneself,
};
