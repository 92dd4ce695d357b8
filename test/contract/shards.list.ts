/**
 * The statements that would ask every database if conversations were spread over several (docs/scaling.md), as test/support/shards.ts
 * writes them. A new one is a decision: name the conversation in it, or say here what it is for.
 */
export const crossing: Record<string, string> = {
  'select conversation_member by user_id, conversation by id': 'connect: which conversations a socket hears; unread',
  'select conversation_member by user_id, conversation by id, conversation_member theirs by all': 'connect: whose presence comes by itself',
  'select message by all, conversation_member by user_id, conversation by id': 'conversation.list: which are on the page',
  'select conversation_member counted by all, conversation by id, conversation_member by user_id, message last_message by all, message shown by all, hidden_message by message_id, message replied by id, conversation_member peer_member by all':
    'sync: the conversations of a person',
  'select conversation_member by user_id': 'search: whether to look everywhere or in a few conversations',
  'select message_search by tokens': 'search: the index',
  'select conversation by id, message by id, message replied by id': 'search: the messages that it found',
  'select message by id': 'a message, and a thread, is asked for by its id',
  'update message by id': 'edit, delete, pin, react',
  'insert message_edit by all': 'edit: the text before',
  'delete message_edit by message_id': 'delete',
  'delete reaction by message_id': 'delete',
  'delete pin by message_id': 'delete',
};

/** The same of jobs, which may come at any time: nobody waits for them. */
export const crossingLater: string[] = ['insert message_search by all', 'delete message_search by message_id'];
