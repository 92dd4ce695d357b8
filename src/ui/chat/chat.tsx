import { useEffect, useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Members } from '../people/members.tsx';
import { navigate } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import { Announcer } from './announcer.tsx';
import { ChatHeader } from './chat-header.tsx';
import { Composer } from './composer.tsx';
import { Timeline } from './timeline.tsx';
import { TypingLine } from './typing-line.tsx';

/** One conversation. Mounted anew for each. */
export function Chat({ conversationId }: { conversationId: string }) {
  const conversation = useChat((state) => state.conversations.get(conversationId));
  const synced = useChat((state) => state.synced);
  if (conversation) return <OpenChat conversation={conversation} />;
  return synced ? <NotFound /> : <Waiting />;
}

function OpenChat({ conversation }: { conversation: Conversation }) {
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const [showingMembers, setShowingMembers] = useState(false);
  const group = conversation.kind !== 'direct';
  return (
    <div className={showingMembers ? 'chat chat-with-members' : 'chat'}>
      <div className="chat-column">
        <ChatHeader conversation={conversation} {...(group && { onMembers: () => setShowingMembers(!showingMembers), showingMembers })} />
        <History conversation={conversation} onReply={setReplyTo} />
        <TypingLine conversation={conversation} />
        <Composer conversation={conversation} replyTo={replyTo} onReplied={() => setReplyTo(null)} />
        <Announcer conversationId={conversation.id} />
      </div>
      {showingMembers && <Members conversation={conversation} onClose={() => setShowingMembers(false)} />}
    </div>
  );
}

/** Reads the messages when they are not here: at first, and after the data was restored. */
function History({ conversation, onReply }: { conversation: Conversation; onReply(message: Message): void }) {
  const { t } = useI18n();
  const client = useClient();
  const { id } = conversation;
  const timeline = useChat((state) => state.timelines.get(id));
  const [error, setError] = useState<unknown>(null);
  const wanted = timeline === undefined && error === null;
  useEffect(() => {
    if (wanted) client.openConversation(id).catch(setError);
  }, [client, id, wanted]);
  if (timeline?.status === 'ready') return <Timeline conversation={conversation} timeline={timeline} onReply={onReply} />;
  if (error === null) return <Waiting />;
  return (
    <div className="blank" role="alert">
      <h2>{t.chat.failedToLoad}</h2>
      <p>{sentenceOf(t, error)}</p>
      <button type="button" className="button" onClick={() => setError(null)}>
        {t.chat.retry}
      </button>
    </div>
  );
}

function Waiting() {
  const { t } = useI18n();
  return (
    <div className="blank" role="status">
      <p className="late">{t.app.loading}</p>
    </div>
  );
}

function NotFound() {
  const { t } = useI18n();
  return (
    <div className="blank">
      <h2>{t.chat.notFound}</h2>
      <button type="button" className="button" onClick={() => navigate('/')}>
        {t.chat.back}
      </button>
    </div>
  );
}
