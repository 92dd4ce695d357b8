import { useState } from 'react';
import type { PollDraft } from '../../client/index.ts';
import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { textOf, titleOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { lastOwn } from '../keys/last-own.ts';
import { Unblock } from '../people/block.tsx';
import { useBlocks } from '../../client/react/index.ts';
import { Dialog } from '../parts/dialog.tsx';
import { later } from '../parts/later.tsx';
import { AskButton } from '../polls/ask-button.tsx';
import { useChat, useClient } from '../state.ts';
import { About } from './about.tsx';
import { Editor } from './editor.tsx';
import { mentionedIn } from './mentions.ts';
import type { Composing } from './place.ts';
import { useDraft } from './use-draft.ts';
import { usePause } from './use-pause.ts';
import { WritingBox } from './writing-box.tsx';

const Ask = later(Dialog, async () => (await import('../dialogs-all.ts')).Ask);

type Props = {
  conversation: Conversation;
  threadId?: string | null;
  composing: Composing;
  /** In a thread. */
  onSent?(): void;
};

/** Where one writes: a new message, or another text for one that is there. */
export function Composer({ conversation, threadId = null, composing, onSent }: Props) {
  const { editing, done } = composing;
  if (!conversation.capabilities.post) return <Refused conversation={conversation} />;
  if (editing) return <Editor key={editing.id} conversation={conversation} message={editing} onDone={done} />;
  return <Writer conversation={conversation} threadId={threadId} composing={composing} onSent={onSent} />;
}

/** Why nothing can be written here, and what one can do about it. Who is blocked is not told so. */
function Refused({ conversation: { kind, status, peer } }: { conversation: Conversation }) {
  const { t } = useI18n();
  const blocks = useBlocks();
  if (status === 'closed') return <p className="composer-note">{t.chat.closed}</p>;
  if (kind !== 'direct' || !peer) return <p className="composer-note">{t.chat.readOnly}</p>;
  if (!blocks?.some(({ userId }) => userId === peer.id)) return <p className="composer-note">{t.chat.blocked}</p>;
  return (
    <p className="composer-note">
      {t.chat.blocking(peer.name)} <Unblock userId={peer.id} name={peer.name} className="link-button" />
    </p>
  );
}

type WriterProps = Pick<Props, 'conversation' | 'composing'> & { threadId: string | null; onSent: Props['onSent'] };

function Writer({ conversation, threadId, composing: { replyTo, edit, done }, onSent }: WriterProps) {
  const { t } = useI18n();
  const client = useClient();
  const { id } = conversation;
  const { text, chosen, write, choose, clear } = useDraft(conversation, threadId ?? null, replyTo?.id ?? null);
  const pause = usePause(conversation);
  const [alsoToConversation, setAlso] = useState(false);
  const [asking, setAsking] = useState(false);

  const where = threadId === null ? {} : { threadId, alsoToConversation };

  function send(): void {
    client.send(id, { content: text.trim(), mentions: mentionedIn(text, chosen), ...(replyTo && { replyTo }), ...where });
    toEnd();
    clear();
    done();
  }

  function ask(poll: PollDraft): void {
    client.createPoll(id, { ...poll, ...where });
    toEnd();
  }

  /** What one writes stands at the end. */
  function toEnd(): void {
    if (threadId === null || alsoToConversation) client.leavePast(id);
    onSent?.();
    setAlso(false);
  }

  function editLast(): boolean {
    const last = lastOwn(client.get(), id, threadId);
    if (last) edit(last);
    return last !== null;
  }

  function stopReplying(): boolean {
    if (replyTo) done();
    return replyTo !== null;
  }

  return (
    <>
      <WritingBox
        conversation={conversation}
        label={threadId === null ? t.chat.write(titleOf(t, conversation)) : t.thread.write}
        placeholder={threadId === null ? t.chat.placeholder : t.thread.write}
        action={{ label: t.chat.send, icon: 'send' }}
        text={text}
        about={replyTo?.id ?? null}
        onWrite={(value) => {
          write(value);
          client.setTyping(id, value.trim() !== '');
        }}
        onChoose={choose}
        onSubmit={send}
        pause={pause}
        onEscape={stopReplying}
        onUp={editLast}
        tools={<AskButton onClick={() => setAsking(true)} />}
        above={replyTo && <Replying to={replyTo} onCancel={done} />}
        below={
          threadId !== null && (
            <label className="also">
              <input type="checkbox" checked={alsoToConversation} onChange={(event) => setAlso(event.target.checked)} />
              {t.thread.also}
            </label>
          )
        }
      />
      {asking && <Ask onAsk={ask} onClose={() => setAsking(false)} />}
    </>
  );
}

function Replying({ to, onCancel }: { to: Message; onCancel(): void }) {
  const { t } = useI18n();
  const myId = useChat((state) => state.me?.id);
  return (
    <About title={to.sender.id === myId ? t.chat.replyToSelf : t.chat.replyTo(to.sender.name)} cancel={t.chat.cancelReply} onCancel={onCancel}>
      {textOf(t, to, myId)}
    </About>
  );
}
