/** How much a client keeps. What is left out comes from the server when somebody looks at it. */
export const limits = {
  /** The newest messages of a conversation that outlive the page. */
  keptMessages: 50,
  /** Histories that outlive the page, of the conversations with the newest activity. */
  keptTimelines: 50,
  /** Conversations that outlive the page, those with the newest activity. */
  keptConversations: 500,
  /** Histories in memory that hold everything that was read; the ones opened before are cut to `keptMessages`. */
  wholeTimelines: 5,
  /** Messages of one history in memory, however far somebody reads: beyond that the far end goes, and is read again on the way back. */
  stretchMessages: 2_000,
  /** After being away for more messages than this a history begins anew instead of being filled up. */
  gapMessages: 500,
} as const;
