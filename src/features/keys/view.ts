import { readKey } from '../../kernel/organisation-key.ts';
import type { Tables } from '../../kernel/ports.ts';
import type { Key } from '../../wire/keys.ts';
import { viewPerson } from '../conversations/view.ts';
import type { UserRow } from '../people/find.ts';

export type KeyRow = Tables['apikey']['$inferSelect'];

const deleted = { name: 'Deleted bot', image: null, kind: 'bot', externalId: null, statusText: null };

export function viewKey(row: KeyRow, bot: UserRow | null): Key {
  const { botId, createdBy, scopes } = readKey(row);
  return {
    id: row.id,
    orgId: row.referenceId,
    name: row.name ?? '',
    start: row.start ?? '',
    scopes,
    bot: viewPerson(bot ?? { id: botId, ...deleted }),
    createdBy,
    createdAt: row.createdAt.getTime(),
    lastUsedAt: row.lastRequest?.getTime() ?? null,
    expiresAt: row.expiresAt?.getTime() ?? null,
  };
}
