import { useId, useState, type FormEvent } from 'react';
import type { Conversation, ConversationSettings } from '../../wire/conversations.ts';
import { Field } from '../auth/field.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Select } from '../parts/select.tsx';
import { useClient } from '../state.ts';

const SLOW_MODE_SECONDS = [0, 10, 30, 60, 300, 3600];
const whose = ['posting', 'inviting', 'pinning', 'mentioningAll'] as const;

/** Title, description and rules of a group, for those who may change them. Nothing changes before it is saved. */
export function GroupSettings({ conversation, onClose }: { conversation: Conversation; onClose(): void }) {
  const { t } = useI18n();
  const client = useClient();
  const [title, setTitle] = useState(conversation.title ?? '');
  const [description, setDescription] = useState(conversation.description ?? '');
  const [settings, setSettings] = useState(conversation.settings);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = (changed: Partial<ConversationSettings>): void => setSettings({ ...settings, ...changed });

  function save(event: FormEvent): void {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const text = { title: title.trim(), description: description.trim() || null };
    client.call('conversation.update', { conversationId: conversation.id, ...text, settings }).then(onClose, (refused: unknown) => {
      setError(refused);
      setBusy(false);
    });
  }

  return (
    <Dialog title={t.settings.title} onClose={onClose}>
      <form className="settings" onSubmit={save}>
        <div className="settings-fields">
          <Field label={t.people.groupName} value={title} required maxLength={200} onChange={(event) => setTitle(event.target.value)} />
          <Description value={description} onChange={setDescription} />
          {whose.map((what) => (
            <Select
              key={what}
              label={t.settings[what]}
              value={settings[what]}
              options={[
                ['members', t.settings.members],
                ['admins', t.settings.admins],
              ]}
              onChange={(who) => change({ [what]: who })}
            />
          ))}
          <Select
            label={t.settings.history}
            value={settings.history}
            options={[
              ['all', t.settings.historyAll],
              ['joined', t.settings.historyJoined],
            ]}
            onChange={(history) => change({ history })}
          />
          <Select
            label={t.settings.slowMode}
            value={String(settings.slowModeSeconds)}
            options={offered(settings.slowModeSeconds).map((seconds) => [String(seconds), t.settings.pause(seconds)])}
            onChange={(seconds) => change({ slowModeSeconds: Number(seconds) })}
          />
        </div>
        <p role="alert" className="form-error">
          {error !== null && sentenceOf(t, error)}
        </p>
        <button type="submit" className="button button-wide" disabled={busy || title.trim() === ''}>
          {t.settings.save}
        </button>
      </form>
    </Dialog>
  );
}

function Description({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { t } = useI18n();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t.settings.description}</label>
      <textarea
        id={id}
        value={value}
        rows={2}
        maxLength={2000}
        dir="auto"
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-hint`} className="field-hint">
        {t.settings.descriptionHint}
      </p>
    </div>
  );
}

/** Another program may have set something between. */
function offered(present: number): number[] {
  return [...new Set([...SLOW_MODE_SECONDS, present])].sort((a, b) => a - b);
}
