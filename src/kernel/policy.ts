import type { ConversationCapabilities, MemberRole } from '../wire/conversations.ts';
import type { MessageCapabilities } from '../wire/messages.ts';

/** What the rules look at. */
export type ConversationFacts = {
  kind: 'direct' | 'group' | 'support';
  status: 'open' | 'closed';
  posting: 'members' | 'admins';
  inviting: 'members' | 'admins';
  pinning: 'members' | 'admins';
  mentioningAll: 'members' | 'admins';
};

/** `blocked`: in a direct conversation one of the two blocks the other. */
export type MemberFacts = { role: MemberRole; blocked: boolean };

type Rule = (conversation: ConversationFacts, member: MemberFacts) => boolean;

const isAdmin = (role: MemberRole): boolean => role === 'owner' || role === 'admin';
const isDirect = (conversation: ConversationFacts): boolean => conversation.kind === 'direct';
const isGroup = (conversation: ConversationFacts): boolean => conversation.kind === 'group';
const atLeast = (who: 'members' | 'admins', role: MemberRole): boolean => isAdmin(role) || (who === 'members' && role === 'member');

/**
 * The one table of what a member may do in a conversation. Commands ask it, and `capabilities` on every object
 * is made from it, so clients never compare roles. Whoever is not a member gets 404 before this table is asked.
 *
 * Whoever may only read announcements may still vote in them.
 *
 * `post` is enforced again inside the append, in SQL: the two say the same (a contract test compares them).
 */
export const conversationPolicy = {
  post: (c, { role, blocked }) => c.status === 'open' && !blocked && atLeast(c.posting, role),
  update: (c, { role }) => isGroup(c) && isAdmin(role),
  delete: (c, { role }) => isGroup(c) && role === 'owner',
  leave: (c) => isGroup(c),
  addMembers: (c, { role }) => isGroup(c) && c.status === 'open' && atLeast(c.inviting, role),
  removeMembers: (c, { role }) => isGroup(c) && isAdmin(role),
  changeRoles: (c, { role }) => isGroup(c) && isAdmin(role),
  pin: (c, { role, blocked }) => c.status === 'open' && !blocked && atLeast(c.pinning, role),
  mentionAll: (c, { role }) => c.status === 'open' && !isDirect(c) && atLeast(c.mentioningAll, role),
  vote: (c, { role, blocked }) => c.status === 'open' && !blocked && atLeast('members', role),
} satisfies Record<keyof ConversationCapabilities, Rule>;

export function conversationCapabilities(conversation: ConversationFacts, member: MemberFacts): ConversationCapabilities {
  const may = (rule: Rule): boolean => rule(conversation, member);
  return {
    post: may(conversationPolicy.post),
    update: may(conversationPolicy.update),
    delete: may(conversationPolicy.delete),
    leave: may(conversationPolicy.leave),
    addMembers: may(conversationPolicy.addMembers),
    removeMembers: may(conversationPolicy.removeMembers),
    changeRoles: may(conversationPolicy.changeRoles),
    pin: may(conversationPolicy.pin),
    mentionAll: may(conversationPolicy.mentionAll),
    vote: may(conversationPolicy.vote),
  };
}

const rank: Record<MemberRole, number> = { observer: 0, member: 1, admin: 2, owner: 3 };

/** Admins rule over members and observers, owners over everybody: nobody over a role above their own. */
export function outranks(role: MemberRole, other: MemberRole): boolean {
  return role === 'owner' || (role === 'admin' && rank[other] < rank.admin);
}

/** Roles that a member may hand out. */
export function mayGrant(role: MemberRole, granted: MemberRole): boolean {
  return role === 'owner' || rank[granted] < rank[role];
}

export type MessageFacts = {
  senderId: string;
  type: string;
  createdAt: number;
  deletedAt: number | null;
  forwardedFrom: unknown;
  poll: PollFacts | null;
};
/** Of a poll that is closed by hand, or by the clock. */
type PollFacts = { closesAt: number | null; closedAt: number | null };

export function isClosed({ closesAt, closedAt }: PollFacts, now: number): boolean {
  return closedAt !== null || (closesAt !== null && closesAt <= now);
}

export type Windows = { messageEditWindowMs: number; messageDeleteWindowMs: number };

/** What a member may do with a message. Authors within a window; admins of a group may always delete. A forwarded message is a copy and stays one. */
export function messageCapabilities(
  message: MessageFacts,
  conversation: ConversationFacts,
  member: MemberFacts,
  userId: string,
  now: number,
  windows: Windows,
): MessageCapabilities {
  const present = message.deletedAt === null && message.type !== 'system';
  const posts = conversationPolicy.post(conversation, member);
  const own = message.senderId === userId;
  const moderates = isGroup(conversation) && isAdmin(member.role);
  const age = now - message.createdAt;
  return {
    edit: present && own && posts && message.type === 'text' && message.forwardedFrom === null && age <= windows.messageEditWindowMs,
    delete: present && ((own && age <= windows.messageDeleteWindowMs) || moderates),
    reply: message.deletedAt === null && posts,
    react: present && posts,
    forward: present,
    ...(message.poll && {
      vote: conversationPolicy.vote(conversation, member) && !isClosed(message.poll, now),
      closePoll: own || moderates,
    }),
  };
}
