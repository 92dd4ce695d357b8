import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { linkPictureGetInput } from '../../wire/previews.ts';
import { findMessage } from './read.ts';
import type { MessageRow } from './view.ts';

/** The picture of a preview, for whoever may read the message. It is in our database, so the site never learns who looked, or when. */
export const linkPictureGet = defineCommand({
  name: 'linkPreview.picture',
  summary: 'The picture of a preview',
  http: [{ method: 'get', path: '/messages/:messageId/link-preview/image' }],
  input: linkPictureGetInput,
  output: z.object({ type: z.string(), bytes: z.instanceof(Uint8Array) }),
  limit: 'read',
  mode: 'read',
  examples: [],
  allow: (ctx, { messageId }) => findMessage(ctx, messageId),
  async run(ctx, _, { message }) {
    const { linkPicture } = ctx.tables;
    const [picture] = await ctx.db.select({ data: linkPicture.data }).from(linkPicture).where(ofMessage(ctx, message));
    return picture ? { type: 'image/webp', bytes: Buffer.from(picture.data, 'base64') } : fail('not_found', 'This message has no such picture.');
  },
});

/** Replaces the picture of this message; null takes it away. The caller holds the conversation. */
export async function keepPicture(ctx: Ctx, message: MessageRow, data: string | null): Promise<void> {
  const { linkPicture } = ctx.tables;
  await ctx.db.delete(linkPicture).where(ofMessage(ctx, message));
  const { id: messageId, conversationId, orgId } = message;
  if (data !== null) await ctx.db.insert(linkPicture).values({ messageId, conversationId, orgId, data });
}

/** Changes with the picture. Not a secret: 64 bits of a fast hash. */
export const versionOf = (data: string): string => Bun.hash(data).toString(36);

const ofMessage = ({ tables: { linkPicture } }: Ctx, { id, conversationId }: Pick<MessageRow, 'id' | 'conversationId'>) =>
  and(eq(linkPicture.messageId, id), eq(linkPicture.conversationId, conversationId));
