import { organisationFor } from '../../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { newId } from '../../lib/id.ts';
import { conversation as conversationView, conversationCreateInput, type Conversation } from '../../wire/conversations.ts';
import { notifyAdded } from '../notifications/happenings.ts';
import { enrolNamed } from '../people/enrol.ts';
import { findPeople } from '../people/find.ts';
import { findOrCreateDirect } from './direct.ts';
import { announceNew, joinMembers } from './join.ts';
import { getConversation } from './view.ts';

type Input = ReturnType<typeof conversationCreateInput.parse>;

export const conversationCreate = defineCommand({
  name: 'conversation.create',
  summary: 'Start a conversation',
  description: 'A direct one with a person (200 and the existing one where there is one), or a group.',
  http: [{ method: 'post', path: '/conversations', status: 201 }],
  input: conversationCreateInput,
  output: conversationView,
  limit: 'write',
  mode: 'write',
  examples: [
    { summary: 'Direct', input: { kind: 'direct', userId: '{person}' } },
    { summary: 'Group', input: { kind: 'group', title: 'Saturday match', memberIds: ['{person}'] } },
  ],
  allow: signedIn,
  async run(ctx, input) {
    checkMetadata(ctx, input.metadata);
    const kind = input.kind ?? (input.userId || input.targetUserId ? 'direct' : 'group');
    return kind === 'direct' ? createDirect(ctx, input) : createGroup(ctx, input);
  },
});

async function createDirect(ctx: Ctx, input: Input): Promise<Conversation> {
  const ref = input.userId ?? input.targetUserId ?? invalid('userId', 'required for a direct conversation');
  for (const field of ['title', 'description', 'avatarUrl', 'memberIds', 'settings'] as const)
    if (input[field] !== undefined) invalid(field, 'only for groups');
  const { conversation, created } = await findOrCreateDirect(ctx, ref, input.orgId, 'userId', {
    contextType: input.context?.type ?? null,
    contextId: input.context?.id ?? null,
    metadata: input.metadata ?? {},
  });
  if (!created) ctx.nothingNew();
  return (await getConversation(ctx, conversation.id)) ?? fail('not_found');
}

async function createGroup(ctx: Ctx, input: Input): Promise<Conversation> {
  if (ctx.actor.kind === 'guest') fail('forbidden', 'Guests cannot start groups.');
  const title = input.title ?? invalid('title', 'required for a group');
  if (input.userId !== undefined || input.targetUserId !== undefined) invalid('userId', 'a group takes memberIds');
  const memberRefs = input.memberIds ?? [];
  atMost('memberIds', memberRefs.length, ctx.config.membersPerRequestMax, 'people');
  const orgId = organisationFor(ctx.actor, input.orgId);
  await enrolNamed(ctx, orgId, memberRefs);
  const people = memberRefs.length > 0 ? await findPeople(ctx, orgId, memberRefs, 'memberIds') : [];
  const others = people.map((person) => person.id).filter((userId) => userId !== ctx.actor.userId);
  atMost('memberIds', others.length + 1, ctx.config.groupMembersMax, 'members');

  const [created] = await ctx.db
    .insert(ctx.tables.conversation)
    .values({
      id: newId(),
      orgId,
      kind: 'group',
      title,
      description: input.description ?? null,
      avatarUrl: input.avatarUrl ?? null,
      contextType: input.context?.type ?? null,
      contextId: input.context?.id ?? null,
      ...input.settings,
      metadata: input.metadata ?? {},
      createdBy: ctx.actor.userId,
      rev: 1,
      memberCount: others.length + 1,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })
    .returning();
  if (!created) return fail('internal');
  ctx.about({ orgId, conversationId: created.id });
  await joinMembers(ctx, created, [{ userId: ctx.actor.userId, role: 'owner' }, ...others.map((userId) => ({ userId, role: 'member' as const }))]);
  await announceNew(ctx, created, [ctx.actor.userId, ...others]);
  await notifyAdded(ctx, created, others);
  return (await getConversation(ctx, created.id)) ?? fail('not_found');
}

export function checkMetadata(ctx: Ctx, metadata: Record<string, unknown> | undefined): void {
  if (metadata) atMost('metadata', Buffer.byteLength(JSON.stringify(metadata)), ctx.config.messageMetadataMaxBytes, 'bytes as JSON');
}
