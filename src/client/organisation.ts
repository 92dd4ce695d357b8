import type { Call, Input } from './commands.ts';

/** What administrators of an organisation do. Everything rejects with a ChinwagError. */
export function createOrganisation(call: Call) {
  return {
    /** Creates or updates the people of your application, by the ids that it knows them by. */
    upsertPeople: (input: Input<'person.upsert'>) => call('person.upsert', input),
    removePerson: (input: Input<'person.remove'>) => call('person.remove', input),
    /** The secret is in the answer, this once. */
    createKey: (input: Input<'key.create'>) => call('key.create', input),
    listKeys: (input: Input<'key.list'> = {}) => call('key.list', input),
    revokeKey: (keyId: string) => call('key.revoke', { keyId }),
    /** What was done with keys and by administrators, newest first. */
    listAudit: (input: Input<'audit.list'> = {}) => call('audit.list', input),
  };
}

export type Organisation = ReturnType<typeof createOrganisation>;
