import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { KeptPreview, LinkPreview } from '../../db/tables/messages.ts';
import { systemActor } from '../../kernel/actor.ts';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { runAs } from '../../kernel/execute.ts';
import { takeJobs } from '../../kernel/jobs.ts';
import type { Job, JobKinds, PageFacts, Ports } from '../../kernel/ports.ts';
import { firstLink } from '../../lib/link.ts';
import { linkPreviewRemoveInput } from '../../wire/previews.ts';
import { lockConversation, type Access } from '../conversations/access.ts';
import { changing } from '../conversations/change.ts';
import type { SettledMessage } from '../stored.ts';
import { announceChange } from './announce.ts';
import { lockReadable } from './lock.ts';
import { keepPicture, versionOf } from './picture.ts';
import type { MessageRow } from './view.ts';

/** Ids only: the text is read when the page is, and may have been edited or deleted since. */
const PREVIEW_JOB = 'preview.read';
const asked = z.object({ conversationId: z.string(), messageId: z.string() });
type Asked = z.infer<typeof asked>;

export const linkPreviewRemove = defineCommand({
  name: 'linkPreview.remove',
  summary: 'Remove the preview of a link',
  description: 'The author, for everybody. It does not come back while the text has that link. Where there is none, nothing changes.',
  http: [{ method: 'delete', path: '/messages/:messageId/link-preview', status: 204 }],
  input: linkPreviewRemoveInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Without the preview', input: { messageId: '{message}' } }],
  async allow(ctx, { messageId }) {
    const found = await lockReadable(ctx, messageId);
    if (found.message.senderId !== ctx.actor.userId) fail('forbidden', 'Only the author may remove the preview of a link.');
    return found;
  },
  async run(ctx, _, { message, access }) {
    const { linkPreview } = message;
    if (linkPreview && !('removed' in linkPreview)) await save(ctx, access, message, { url: linkPreview.url, removed: true }, null);
  },
});

/** Whoever edits within a moment of sending causes one job more, which then finds its work done. */
export async function askForPreviews(ctx: Ctx, messages: SettledMessage[]): Promise<void> {
  for (const message of messages) if (wantsPreview(message, message.content)) ask(ctx, message);
}

/** What stays of the preview under another text: all of it where the link is the same, and nothing otherwise. */
export async function previewAfterEdit(ctx: Ctx, message: MessageRow, content: string): Promise<KeptPreview | null> {
  const { linkPreview: kept } = message;
  const link = firstLink(content);
  if (kept?.url === link) return kept;
  if (kept) await keepPicture(ctx, message, null);
  if (wantsPreview({ ...message, linkPreview: null }, content)) ask(ctx, message);
  return null;
}

export function previewJobs(ports: Ports): JobKinds {
  const read = async (job: Job): Promise<void> => {
    const wanted = asked.parse(job.payload);
    const link = await findLink(ports, wanted);
    const page = link === null ? null : await ports.pages.look(link);
    const call = { actor: systemActor, requestId: job.id, connectionId: null, token: null };
    await runAs(ports, call, (ctx) => keep(ctx, job, wanted, link, page));
  };
  return { [PREVIEW_JOB]: { batchMax: 1, atOnce: ports.config.linkPreviewsAtOnceMax, removes: true, perform: async ([job]) => job && read(job) } };
}

function ask(ctx: Ctx, { id: messageId, conversationId }: Pick<MessageRow, 'id' | 'conversationId'>): void {
  if (ctx.config.linkPreviews) ctx.effects.job(PREVIEW_JOB, { conversationId, messageId } satisfies Asked);
}

const wantsPreview = ({ type, linkPreview }: Pick<MessageRow, 'type' | 'linkPreview'>, content: string): boolean =>
  type === 'text' && linkPreview === null && content.includes('://') && firstLink(content) !== null;

async function findLink({ store, config }: Ports, wanted: Asked): Promise<string | null> {
  const [message] = await store.read.select().from(store.tables.message).where(named(store.tables, wanted));
  return config.linkPreviews && message && wantsPreview(message, message.content) ? firstLink(message.content) : null;
}

/** Ends the job in the transaction that announces the preview: however often a page was read, it is told once. Meanwhile the text may have changed. */
async function keep(ctx: Ctx, job: Job, wanted: Asked, link: string | null, page: PageFacts | null): Promise<void> {
  if ((await takeJobs(ctx, [job])).length === 0 || link === null || page === null) return;
  const conversation = await lockConversation(ctx, wanted.conversationId);
  if (!conversation) return;
  const [message] = await ctx.db.select().from(ctx.tables.message).where(named(ctx.tables, wanted));
  if (!message || !wantsPreview(message, message.content) || firstLink(message.content) !== link) return;
  const { picture, ...said } = page;
  const kept = { url: link, ...said, picture: picture === null ? null : versionOf(picture) } satisfies LinkPreview;
  await save(ctx, { conversation }, message, kept, picture);
}

type Conversation = Pick<Access, 'conversation'>;

async function save(ctx: Ctx, access: Conversation, row: MessageRow, linkPreview: KeptPreview, picture: string | null): Promise<void> {
  const { message } = ctx.tables;
  await keepPicture(ctx, row, picture);
  const change = changing(ctx, access.conversation);
  await ctx.db.update(message).set({ linkPreview, rev: change.nextRev() }).where(eq(message.id, row.id));
  await change.save();
  await announceChange(ctx, access, row.id, 'message.updated');
}

const named = ({ message }: Ports['store']['tables'], { conversationId, messageId }: Asked) =>
  and(eq(message.id, messageId), eq(message.conversationId, conversationId), isNull(message.deletedAt));
