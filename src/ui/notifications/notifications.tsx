import { useState } from 'react';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useNotify } from '../parts/notice.tsx';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useSide } from '../side.ts';
import { useChat, useClient, useNow } from '../state.ts';
import { NotificationItem } from './notification-item.tsx';
import { Preferences } from './preferences.tsx';

/** The notification centre: what was said to me, the newest first. */
export function Notifications() {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const { close } = useSide();
  const centre = useChat((state) => state.notifications);
  const [choosing, setChoosing] = useState(false);
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
            disabled={!centre?.unread}
            onClick={() => void client.markAllNotificationsRead().catch(complain)}
          >
            <Icon name="check-all" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={t.preferences.title}
            title={t.preferences.title}
            onClick={() => setChoosing(true)}
          >
            <Icon name="settings" />
          </button>
        </>
      }
    >
      {centre && centre.items.length > 0 ? (
        <ul className="results">
          {centre.items.map((item) => (
            <NotificationItem key={item.id} item={item} now={now} onError={complain} />
          ))}
          {centre.cursor && (
            <li>
              <button type="button" className="link-button" onClick={() => void client.loadOlderNotifications().catch(complain)}>
                {t.people.more}
              </button>
            </li>
          )}
        </ul>
      ) : (
        <PanelState loading={!centre} error={null} empty={t.notifications.none} onRetry={close} />
      )}
      {choosing && <Preferences onClose={() => setChoosing(false)} />}
    </Panel>
  );
}
