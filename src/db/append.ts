import type { ForwardedFrom, PollState } from './tables/messages.ts';

export type Draft = {
  id: string;
  conversationId: string;
  senderId: string;
  /** The organisations that the sender may act in at this moment. */
  orgIds: readonly string[];
  clientId: string;
  fingerprint: string;
  type: string;
  content: string;
  metadata: Record<string, unknown>;
  replyToId: string | null;
  /** The message that this one hangs under: of the same conversation, and in no thread itself. The caller has looked. */
  threadId: string | null;
  alsoToConversation: boolean;
  mentions: readonly string[];
  forwardedFrom: ForwardedFrom | null;
  poll: PollState | null;
  apiKeyId: string | null;
};

/** What became of the thread: its message counts one more reply, and that is a change of its own, with the `rev` after the reply's. */
export type Threaded = { rev: number; replyCount: number };

/**
 * `refused`: not a member any more, not allowed to post, blocked, closed, too early in slow mode, or no such
 * conversation; the caller finds out which.
 * `stored`: what it quotes may have been deleted after the caller looked; `quoteDeletedAt` says so, as of the moment of the append.
 * `repeated`: this sender already stored a message under that clientId.
 */
export type Appended =
  | { outcome: 'stored'; id: string; orgId: string; seq: number; rev: number; thread: Threaded | null; quoteDeletedAt: number | null }
  | { outcome: 'repeated'; id: string; fingerprint: string | null }
  | { outcome: 'refused' };

/** `createdAt` is that of the messages; `jobDueAt` is when the outbox is to look at them: with each batch a job `message.stored` commits. */
export type AppendTimes = { createdAt: number; jobDueAt: number };

/** From `first` to `last` there may be messages of other batches: whoever does the job finds that out by doing it twice. */
export type StoredSpan = { conversationId: string; first: number; last: number };
export const STORED_JOB = 'message.stored';

/** `committed` is called as in `tx`. */
export type Append = (drafts: Draft[], times: AppendTimes, committed?: (outcomes: Appended[]) => void) => Promise<Appended[]>;
