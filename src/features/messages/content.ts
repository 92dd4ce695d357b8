import type { Ctx } from '../../kernel/command.ts';
import { atMost, invalid } from '../../kernel/errors.ts';
import { codePoints, isBlank } from '../../lib/text.ts';
import type { Message, MessageDraft } from '../../wire/messages.ts';

export type Content = Pick<Message, 'type' | 'content' | 'metadata'>;

export function contentOf(ctx: Ctx, draft: MessageDraft): Content {
  const type = draft.type ?? (draft.location ? 'location' : 'text');
  const content = draft.content ?? '';
  if (type === 'location' && !draft.location) invalid('location', 'required for the type location');
  if (type === 'text' && draft.location) invalid('location', 'only for the type location');
  if (type === 'text' && isBlank(content)) invalid('content', 'required: a text that people can see');
  atMost('content', codePoints(content), ctx.config.messageMaxCodePoints, 'code points');
  if (!draft.metadata && !draft.location) return { type, content, metadata: {} };
  const metadata = { ...draft.metadata, ...(draft.location && { location: draft.location }) };
  atMost('metadata', Buffer.byteLength(JSON.stringify(metadata)), ctx.config.messageMetadataMaxBytes, 'bytes as JSON');
  return { type, content, metadata };
}
