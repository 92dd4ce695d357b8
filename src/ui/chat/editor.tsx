import { useMemo, useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { useClient } from '../state.ts';
import { About } from './about.tsx';
import { mentionedIn } from './mentions.ts';
import { useMentionedNames } from './use-mentions.ts';
import { WritingBox } from './writing-box.tsx';

type Props = { conversation: Conversation; message: Message; onDone(): void };

/** Changes a message that was sent; what was begun for a new one waits until this is over. */
export function Editor({ conversation, message, onDone }: Props) {
  const { t } = useI18n();
  const client = useClient();
  const names = useMentionedNames(
    conversation,
    useMemo(() => [message], [message]),
  );
  const [text, setText] = useState(message.content);
  const [added, setAdded] = useState<ReadonlyMap<string, string>>(new Map());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  function save(): void {
    if (busy) return;
    const content = text.trim();
    if (content === message.content) return onDone();
    setBusy(true);
    const mentions = mentionedIn(text, new Map([...names, ...added]));
    // Unnamed they stay as they are, with those who have left since.
    const same = mentions.length === message.mentions.length && mentions.every((id) => message.mentions.includes(id));
    client.call('message.edit', { messageId: message.id, content, ...(!same && { mentions }) }).then(onDone, (refused: unknown) => {
      setError(refused);
      setBusy(false);
    });
  }

  function leave(): boolean {
    onDone();
    return true;
  }

  return (
    <WritingBox
      conversation={conversation}
      label={t.edit.label}
      placeholder={t.edit.label}
      action={{ label: t.edit.save, icon: 'check' }}
      text={text}
      about={message.id}
      onWrite={setText}
      onChoose={(person) => setAdded(new Map(added).set(person.id, person.name))}
      onSubmit={save}
      onEscape={leave}
      above={
        <About title={t.edit.title} cancel={t.edit.cancel} onCancel={onDone}>
          {message.content}
        </About>
      }
      below={
        <p role="alert" className="composer-limit">
          {error !== null && sentenceOf(t, error)}
        </p>
      }
    />
  );
}
