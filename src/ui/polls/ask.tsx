import { useRef, useState, type KeyboardEvent } from 'react';
import { Field } from '../auth/field.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Check } from '../parts/check.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Select } from '../parts/select.tsx';
import { useChat, useClient } from '../state.ts';

/** After so many hours it closes; 0 is never. */
const HOURS = ['0', '1', '24', '72', '168'] as const;
type Hours = (typeof HOURS)[number];
const HOUR_MS = 3_600_000;

/** Asks the people of a conversation with a poll. There is always one empty line for a further option, as long as one more fits. */
export function Ask({ conversationId, onClose }: { conversationId: string; onClose(): void }) {
  const { t } = useI18n();
  const client = useClient();
  const limits = useChat((state) => state.hello?.limits.poll);
  const aheadMs = useChat((state) => state.aheadMs);
  const [question, setQuestion] = useState('');
  const [lines, setLines] = useState<readonly string[]>(['', '']);
  const [multiple, setMultiple] = useState(false);
  const [anonymous, setAnonymous] = useState(false);
  const [hours, setHours] = useState<Hours>('0');
  // With a name a repeat asks no second time where the first one did arrive.
  const [clientId] = useState(() => crypto.getRandomValues(new Uint32Array(4)).join('-'));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const options = lines.map((line) => line.trim()).filter((line) => line !== '');
  const twice = new Set(options).size < options.length;
  const askable = question.trim() !== '' && options.length > 1 && !twice;

  function write(at: number, text: string): void {
    const written = lines.map((line, i) => (i === at ? text : line));
    const full = written.length >= (limits?.options ?? written.length + 1);
    setLines(written.at(-1) === '' || full ? written : [...written, '']);
  }

  async function ask(): Promise<void> {
    setBusy(true);
    setError(null);
    const closes = hours === '0' ? {} : { closesAt: Date.now() + aheadMs + Number(hours) * HOUR_MS };
    try {
      await client.createPoll(conversationId, { clientId, question: question.trim(), options, multiple, anonymous, ...closes });
      // What one asks stands at the end.
      client.leavePast(conversationId);
      onClose();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  }

  return (
    <Dialog title={t.poll.create} onClose={onClose}>
      <form
        className="poll-ask"
        onSubmit={(event) => {
          event.preventDefault();
          if (askable && !busy) void ask();
        }}
      >
        <Field
          label={t.poll.question}
          value={question}
          required
          maxLength={limits?.questionCodePoints}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <Lines lines={lines} maxLength={limits?.optionCodePoints} onWrite={write} />
        <p role="status" className="field-hint">
          {twice && t.poll.twice}
        </p>
        <Check checked={multiple} onChange={setMultiple}>
          {t.poll.allowSeveral}
        </Check>
        <Check checked={anonymous} onChange={setAnonymous}>
          {t.poll.hideNames}
        </Check>
        <Select<Hours> label={t.poll.end} value={hours} options={HOURS.map((value) => [value, t.poll.after(Number(value))])} onChange={setHours} />
        <p role="alert" className="form-error">
          {error !== null && sentenceOf(t, error)}
        </p>
        <button type="submit" className="button button-wide" disabled={busy || !askable}>
          {t.poll.ask}
        </button>
      </form>
    </Dialog>
  );
}

type LinesProps = { lines: readonly string[]; maxLength: number | undefined; onWrite(at: number, text: string): void };

function Lines({ lines, maxLength, onWrite }: LinesProps) {
  const { t } = useI18n();
  const list = useRef<HTMLFieldSetElement>(null);

  /** Enter goes on to the next option; only from the last one it asks. */
  function onKeyDown(event: KeyboardEvent, at: number): void {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    const next = list.current?.querySelectorAll('input')[at + 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  return (
    <fieldset ref={list} className="poll-lines">
      <legend>{t.poll.options}</legend>
      {lines.map((line, i) => (
        <input
          key={i}
          value={line}
          dir="auto"
          aria-label={t.poll.option(i + 1)}
          placeholder={t.poll.option(i + 1)}
          maxLength={maxLength}
          enterKeyHint={i < lines.length - 1 ? 'next' : 'done'}
          onChange={(event) => onWrite(i, event.target.value)}
          onKeyDown={(event) => onKeyDown(event, i)}
        />
      ))}
    </fieldset>
  );
}
