import { useI18n } from './i18n/index.ts';
import { useChat } from './state.ts';

/** Says that there is no connection, after a moment: most interruptions are over before anybody needs to know. */
export function ConnectionBanner() {
  const { t } = useI18n();
  const connection = useChat((state) => state.connection);
  const ended = connection.state === 'ended';
  const away = connection.state === 'waiting' || connection.state === 'connecting';
  return (
    <div role="status" className="connection">
      {away && <p className="connection-banner late">{t.connection.offline}</p>}
      {ended && (
        <p className="connection-banner">
          {t.connection.outdated}{' '}
          <button type="button" className="link-button" onClick={() => location.reload()}>
            {t.connection.reload}
          </button>
        </p>
      )}
    </div>
  );
}
