import { useState } from 'react';
import { useI18n } from '../i18n/index.ts';
import { Confirm } from '../parts/confirm.tsx';
import { navigate } from '../route.ts';
import { useClient } from '../state.ts';

/** Leaving asks first: there is no way back that one can take alone. */
export function Leave({ conversationId }: { conversationId: string }) {
  const { t } = useI18n();
  const client = useClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className="button button-quiet button-wide" onClick={() => setAsking(true)}>
        {t.people.leave}
      </button>
      {asking && (
        <Confirm
          title={t.people.leave}
          question={t.people.leaveSure}
          action={t.people.leave}
          run={() => client.leaveConversation(conversationId).then(() => navigate('/'))}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
