import { useNotifications } from '../../client/react/index.ts';
import { useDialogs } from '../dialogs.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useNotify } from '../parts/notice.tsx';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useSide } from '../side.ts';
import { useNow } from '../state.ts';
import { NotificationItem } from './notification-item.tsx';

/** The notification centre: what was said to me, the newest first. */
export function Notifications() {
  const { t } = useI18n();
  const notify = useNotify();
  const { close } = useSide();
  const { items, unread, ready, hasOlder, loadOlder, markAllRead } = useNotifications();
  const dialogs = useDialogs();
  const now = useNow();
  const complain = (error: unknown): void => notify(sentenceOf(t, error));
  return (
    <Panel
      title={t.notifications.title}
      side
      onClose={close}
      actions={
        <>
          <button
            type="button"
            className="icon-button"
            aria-label={t.notifications.readAll}
            title={t.notifications.readAll}
            disabled={unread === 0}
            onClick={() => void markAllRead().catch(complain)}
          >
            <Icon name="check-all" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={t.preferences.title}
            title={t.preferences.title}
            onClick={() => dialogs.open('preferences')}
          >
            <Icon name="settings" />
          </button>
        </>
      }
    >
      {items.length > 0 ? (
        <ul className="results">
          {items.map((item) => (
            <NotificationItem key={item.id} item={item} now={now} onError={complain} />
          ))}
          {hasOlder && (
            <li>
              <button type="button" className="link-button" onClick={() => void loadOlder().catch(complain)}>
                {t.people.more}
              </button>
            </li>
          )}
        </ul>
      ) : (
        <PanelState loading={!ready} error={null} empty={t.notifications.none} onRetry={close} />
      )}
    </Panel>
  );
}
