import { z } from 'zod';
import { conversationIn, cursor, flag, limit, page, seq, time, userRef } from './common.ts';
import { conversation, memberRole, notify } from './conversations.ts';
import { person } from './person.ts';

export const member = z
  .object({
    userId: z.string(),
    user: person,
    role: memberRole,
    joinedAt: time,
    rev: seq,
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof member>;

export const memberView = member.extend({ capabilities: z.object({ changeRole: flag, remove: flag }) }).meta({ id: 'MemberView' });
export type MemberView = z.infer<typeof memberView>;

export const memberListInput = z.object({ ...conversationIn, limit, cursor });
export const memberList = page(memberView);

export const memberAddInput = z.object({
  ...conversationIn,
  userIds: z.array(userRef).optional(),
  userId: userRef.optional().describe('The same as `userIds` with one.'),
  role: memberRole.optional().describe('By default `member`.'),
});
export const memberAdd = z.object({ items: z.array(memberView) });

export const memberUpdateInput = z.object({ ...conversationIn, userId: userRef, role: memberRole });
export const memberRemoveInput = z.object({ ...conversationIn, userId: userRef.describe('`me` leaves the conversation.') });

export const membershipUpdateInput = z.object({
  ...conversationIn,
  notify: notify.optional(),
  muted: flag.optional().describe('`true` mutes without an end, `false` ends a mute.'),
  mutedUntil: time.nullable().optional(),
  pinned: flag.optional(),
  archived: flag.optional(),
});
export const membershipUpdate = conversation;
