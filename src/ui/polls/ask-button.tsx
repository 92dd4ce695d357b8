import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';

/** Beside the line to write in. */
export function AskButton({ onClick }: { onClick(): void }) {
  const { t } = useI18n();
  return (
    <button
      type="button"
      className="icon-button composer-tool"
      aria-label={t.poll.create}
      title={t.poll.create}
      aria-haspopup="dialog"
      onClick={onClick}
    >
      <Icon name="poll" />
    </button>
  );
}
