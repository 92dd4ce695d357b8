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
};

/**
 * `refused`: not a member any more, not allowed to post, closed, or no such conversation; the caller finds out which.
 * `repeated`: this sender already stored a message under that clientId.
 */
export type Appended =
  | { outcome: 'stored'; id: string; orgId: string; seq: number; rev: number }
  | { outcome: 'repeated'; id: string; fingerprint: string | null }
  | { outcome: 'refused' };

/** `committed` is called as in `tx`. */
export type Append = (drafts: Draft[], createdAt: number, committed?: (outcomes: Appended[]) => void) => Promise<Appended[]>;
