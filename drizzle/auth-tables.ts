/**
 * Writes src/db/tables/auth.gen.ts: the tables that better-auth wants, in the words of our kit.
 * Run by `bun run db:generate`; a test checks that the committed file is what this makes.
 */
import { getAuthTables } from 'better-auth/db';
import { authShape } from '../src/http/auth/options.ts';

type Field = ReturnType<typeof getAuthTables>[string]['fields'][string];

/** Indexes of ours on those tables. */
const extra: Record<string, string> = {
  user: `(t) => [k.uniqueIndex('user_email_uq').on(t.email), k.uniqueIndex('user_external_uq').on(t.externalOrgId, t.externalId)]`,
  session: `(t) => [k.uniqueIndex('session_token_uq').on(t.token), k.index('session_user_idx').on(t.userId)]`,
  account: `(t) => [k.index('account_user_idx').on(t.userId)]`,
  verification: `(t) => [k.index('verification_identifier_idx').on(t.identifier)]`,
  organization: `(t) => [k.uniqueIndex('organization_slug_uq').on(t.slug)]`,
  member: `(t) => [k.uniqueIndex('member_org_user_uq').on(t.organizationId, t.userId), k.index('member_user_idx').on(t.userId)]`,
  invitation: `(t) => [k.index('invitation_org_idx').on(t.organizationId), k.index('invitation_email_idx').on(t.email)]`,
  apikey: `(t) => [k.uniqueIndex('apikey_key_uq').on(t.key), k.index('apikey_reference_idx').on(t.referenceId)]`,
};

export function authTablesSource(): string {
  const tables = Object.values(getAuthTables(authShape)).map(({ modelName, fields }) => {
    const columns = Object.entries(fields).map(([name, field]) => `    ${name}: ${column(field)},`);
    const indexes = extra[modelName] ? `, ${extra[modelName]}` : '';
    return `  const ${modelName} = k.table('${modelName}', {\n    id: k.text().primaryKey().notNull(),\n${columns.join('\n')}\n  }${indexes});`;
  });
  const names = Object.values(getAuthTables(authShape)).map((table) => table.modelName);
  return [
    '// Made by drizzle/auth-tables.ts from the options of better-auth. Do not edit.',
    "import type { Kit } from '../kit.ts';",
    '',
    'export function authTables(k: Kit) {',
    tables.join('\n\n'),
    `  return { ${names.join(', ')} };`,
    '}',
    '',
  ].join('\n');
}

function column(field: Field): string {
  const kind = { string: 'text', number: 'int', boolean: 'bool', date: 'date' }[String(field.type)] ?? 'text';
  const references = field.references
    ? `.references(() => ${field.references.model}.id, { onDelete: '${field.references.onDelete ?? 'cascade'}' })`
    : '';
  const fallback =
    typeof field.defaultValue === 'function' || field.defaultValue === undefined ? '' : `.default(${JSON.stringify(field.defaultValue)})`;
  return `k.${kind}()${field.required === false ? '' : '.notNull()'}${fallback}${references}`;
}

if (import.meta.main) await Bun.write(new URL('../src/db/tables/auth.gen.ts', import.meta.url).pathname, authTablesSource());
