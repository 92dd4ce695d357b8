import { useI18n } from './i18n/index.ts';
import { useNewVersion } from './offline/versions.ts';
import { useChat } from './state.ts';

/**
 * Says that there is no connection, after a moment: most interruptions are over before anybody needs to know. And that this page is
 * an old one, which the server no longer understands or has a newer one of.
 */
export function ConnectionBanner() {
  const { t } = useI18n();
  const connection = useChat((state) => state.connection);
  const ended = connection.state === 'ended';
  const newVersion = useNewVersion();
  const away = connection.state === 'waiting' || connection.state === 'connecting';
  return (
    <div role="status" className="connection">
      {away && <p className="connection-banner late">{t.connection.offline}</p>}
      {(ended || newVersion) && (
        <p className="connection-banner">
          {ended ? t.connection.outdated : t.connection.newVersion}{' '}
          <button type="button" className="link-button" onClick={() => location.reload()}>
            {t.connection.reload}
          </button>
        </p>
      )}
    </div>
  );
}
