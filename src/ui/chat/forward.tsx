import { useMemo, useState } from 'react';
import { codeOf } from '../../client/index.ts';
import { useConversation, useConversations } from '../../client/react/index.ts';
import type { Message } from '../../wire/messages.ts';
import { Field } from '../auth/field.tsx';
import { textOf, titleOf } from '../conversation.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { useNotify } from '../parts/notice.tsx';
import { useChat, useClient } from '../state.ts';
import { matching } from './mentions.ts';

type Props = { message: Message; onClose(): void };

/** Chooses one or several of the own conversations for a copy of the message. */
export function Forward({ message, onClose }: Props) {
  const { t } = useI18n();
  const notify = useNotify();
  const client = useClient();
  const myId = useChat((state) => state.me?.id);
  const targets = useTargets(message);
  const [q, setQ] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  // With a name a repeat makes no second copy where the first one did arrive.
  const [clientId] = useState(() => crypto.getRandomValues(new Uint32Array(4)).join('-'));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const found = q.trim() === '' ? targets : matching(targets, q.trim());
  const toggle = (id: string): void => setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);

  async function forward(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      for (const id of chosen) await client.forward(message.id, id, clientId);
      notify(t.forward.done(chosen.length));
      onClose();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  }

  return (
    <Dialog title={t.forward.title} onClose={onClose}>
      <p className="forward-text quote">
        <span className="quote-text">{textOf(t, message, myId)}</span>
      </p>
      <div className="picker">
        <Field label={t.forward.search} type="search" value={q} maxLength={100} onChange={(event) => setQ(event.target.value)} />
        <ul className="picker-list">
          {found.map(({ id, name, conversation: { kind, peer, avatarUrl } }) => (
            <li key={id}>
              <button type="button" className="person" aria-pressed={chosen.includes(id)} disabled={busy} onClick={() => toggle(id)}>
                <Avatar id={peer?.id ?? id} name={name} url={peer?.avatarUrl ?? avatarUrl} group={kind !== 'direct'} size="small" />
                <span className="person-name">
                  <bdi>{name}</bdi>
                </span>
                {chosen.includes(id) && <Icon name="check" />}
              </button>
            </li>
          ))}
        </ul>
        <p role="status" className="picker-note">
          {found.length === 0 && (targets.length === 0 ? t.forward.nowhere : t.forward.nothing)}
        </p>
      </div>
      <p role="alert" className="form-error">
        {error !== null && (codeOf(error) === 'forbidden' ? t.forward.refused : sentenceOf(t, error))}
      </p>
      <button type="button" className="button button-wide" disabled={busy || chosen.length === 0} onClick={() => void forward()}>
        {chosen.length > 1 ? t.forward.sendTo(chosen.length) : t.forward.send}
      </button>
    </Dialog>
  );
}

/** Where I may post, in the organisation that the message is in: a copy never leaves it. */
function useTargets({ conversationId }: Message) {
  const { t } = useI18n();
  const { conversations } = useConversations();
  const orgId = useConversation(conversationId)?.orgId;
  return useMemo(() => {
    const open = conversations.filter((conversation) => conversation.capabilities.post && conversation.orgId === orgId);
    return open.map((conversation) => ({ id: conversation.id, name: titleOf(t, conversation), conversation }));
  }, [conversations, orgId, t]);
}
