import type { PendingMessage } from '../../client/index.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useClient } from '../state.ts';

export function Failed({ pending: { conversationId, clientId, error } }: { pending: PendingMessage }) {
  const { t } = useI18n();
  const client = useClient();
  return (
    <p className="failed" role="alert">
      <Icon name="alert" />
      <span>
        {t.chat.failed}
        {error && `: ${t.errors[error]}`}
      </span>
      <button type="button" className="link-button" onClick={() => client.retry(conversationId, clientId)}>
        {t.chat.resend}
      </button>
      <button type="button" className="link-button" onClick={() => client.discard(conversationId, clientId)}>
        {t.chat.discard}
      </button>
    </p>
  );
}
