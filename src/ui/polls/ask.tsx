import { useRef, useState, type KeyboardEvent } from 'react';
import type { PollDraft } from '../../client/index.ts';
import { Field } from '../auth/field.tsx';
import { useI18n } from '../i18n/index.ts';
import { Check } from '../parts/check.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Select } from '../parts/select.tsx';
import { useChat, useNow } from '../state.ts';

/** After so many hours it closes; 0 is never. */
const HOURS = ['0', '1', '24', '72', '168'] as const;
/** When it closes somebody says by date and time. */
const CHOSEN = 'chosen';
type End = (typeof HOURS)[number] | typeof CHOSEN;
const HOUR_MS = 3_600_000;

/** Asks with a poll. There is always one empty line for a further option, as long as one more fits. */
export function Ask({ onAsk, onClose }: { onAsk(poll: PollDraft): void; onClose(): void }) {
  const { t } = useI18n();
  const now = useNow();
  const limits = useChat((state) => state.hello?.limits.poll);
  const aheadMs = useChat((state) => state.aheadMs);
  const [question, setQuestion] = useState('');
  const [lines, setLines] = useState<readonly string[]>(['', '']);
  const [multiple, setMultiple] = useState(false);
  const [anonymous, setAnonymous] = useState(false);
  const [end, setEnd] = useState<End>('0');
  const [moment, setMoment] = useState(() => localMinute(tomorrow(now)));
  const options = lines.map((line) => line.trim()).filter((line) => line !== '');
  const twice = new Set(options).size < options.length;
  const askable = question.trim() !== '' && options.length > 1 && !twice;

  function write(at: number, text: string): void {
    const written = lines.map((line, i) => (i === at ? text : line));
    const full = written.length >= (limits?.options ?? written.length + 1);
    setLines(written.at(-1) === '' || full ? written : [...written, '']);
  }

  function ask(): void {
    // By the clock of this device; the server's may be ahead of it.
    const closes = end === CHOSEN ? Date.parse(moment) : Date.now() + Number(end) * HOUR_MS;
    onAsk({ question: question.trim(), options, multiple, anonymous, closesAt: end === '0' ? null : closes + aheadMs });
    onClose();
  }

  return (
    <Dialog title={t.poll.create} onClose={onClose}>
      <form
        className="poll-ask"
        onSubmit={(event) => {
          event.preventDefault();
          if (askable) ask();
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
        <Select<End>
          label={t.poll.end}
          value={end}
          options={[...HOURS.map((value) => [value, t.poll.after(Number(value))] as const), [CHOSEN, t.poll.chosenEnd]]}
          onChange={setEnd}
        />
        {end === CHOSEN && (
          <Field
            label={t.poll.endAt}
            type="datetime-local"
            required
            value={moment}
            min={localMinute(now + MINUTE_MS)}
            max={limits && localMinute(now + limits.openMs - HOUR_MS)}
            onChange={(event) => setMoment(event.target.value)}
          />
        )}
        <button type="submit" className="button button-wide" disabled={!askable}>
          {t.poll.ask}
        </button>
      </form>
    </Dialog>
  );
}

const MINUTE_MS = 60_000;

/** As an input for a date and a time has it: the clock on the wall, without a zone. */
function localMinute(at: number): string {
  const minutes = new Date(at).getTimezoneOffset();
  return new Date(at - minutes * MINUTE_MS).toISOString().slice(0, 16);
}

/** At the next full hour. */
const tomorrow = (now: number): number => Math.ceil(now / HOUR_MS) * HOUR_MS + 24 * HOUR_MS;

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
