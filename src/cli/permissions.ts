import { commands, openings } from '../features/index.ts';
import { table } from '../http/docs/markdown.ts';
import { organisationPolicy, ownerScopes } from '../kernel/organisation-policy.ts';
import { conversationPolicy, mayGrant, messageCapabilities, outranks, type ConversationFacts } from '../kernel/policy.ts';
import { conversationSettings, memberRole, type ConversationCapabilities, type MemberRole } from '../wire/conversations.ts';
import { scopeTable, type Scope } from '../wire/keys.ts';
import { orgRole, type OrgRole } from '../wire/person.ts';

/** Sections of docs/permissions.md. What can be asked of the code is asked; the sentences beside it stand here. */
export function permissionSections(): string[] {
  return [
    '# Who may do what',
    'Membership is authorisation: a conversation is found through its members, and to everybody else it does not exist (404). Objects carry `capabilities`, what the caller may do with them, so clients compare no roles. Whoever is not signed in gets 401 from every command, whoever is banned 403.',
    '## In an organisation',
    organisationTable(),
    'Nothing crosses organisations, and not even their owner reads a conversation of which they are no member; but whoever holds a key with `people:act-as` can, in the name of somebody who is, so only owners give that out, and the audit says so. Administrators of the server (the first person, or `chinwag admin create-owner`) may besides list, ban and remove accounts below `/api/auth/admin`.',
    '## In a conversation',
    conversationTable(),
    `The settings of a group (\`conversation.update\`) are ${settings()}. In closed conversations nobody does what is marked ¹; where one of two blocks the other, neither does what is marked ².`,
    '### Over whom',
    rankTable(),
    '### With a message',
    messageTable(),
    'Forwarded copies are not edited. Edits and deletions by the author end after MESSAGE_EDIT_WINDOW_MS and MESSAGE_DELETE_WINDOW_MS. Editing, replying and reacting need the right to post; voting does not, and ends when the poll closes.',
    '## Keys of an organisation',
    'A key acts as its bot or, with `people:act-as`, as somebody else. It may do what both allow: its scopes, and the membership of whom it acts as. No scope opens a conversation to somebody who is not a member of it. An answer belongs to its command: who may send is shown the message, who may create a conversation is shown that. [server-to-server.md](server-to-server.md) shows how to use one.',
    scopesTable(),
    'Closed to keys:',
    closedTable(),
    'Keys that people make for themselves (`/api/auth/api-key`) act as that person in everything but the keys of an organisation.',
    '### What is attributed to a key',
    attributionTable(),
    'Entries are in the audit (`audit.list`) for AUDIT_RETENTION_S; every running server looks for older ones once an hour. What administrators do (`key.*`, `person.upsert`, `person.remove`) is entered without a key, too.',
  ];
}

type EndpointRule = { says: string; path: string; roles: readonly OrgRole[] };

/** What better-auth and our guard before it decide. A test tries each as each role. */
export const endpointRules: EndpointRule[] = [
  { says: 'Invite people', path: '/organization/invite-member', roles: ['owner', 'admin'] },
  { says: 'Change the role of somebody to admin or member', path: '/organization/update-member-role', roles: ['owner', 'admin'] },
  { says: 'Make somebody an owner', path: '/organization/update-member-role', roles: ['owner'] },
  { says: 'Remove a member', path: '/organization/remove-member', roles: ['owner', 'admin'] },
  { says: 'See e-mail addresses', path: '/organization/list-members', roles: ['owner', 'admin'] },
  { says: 'Rename the organisation', path: '/organization/update', roles: ['owner', 'admin'] },
  { says: 'Delete the organisation', path: '/organization/delete', roles: ['owner'] },
];

const yes = (may: boolean): string => (may ? 'yes' : '–');

function organisationTable(): string {
  const byRole = (roles: readonly OrgRole[]): string[] => orgRole.options.map((role) => yes(roles.includes(role)));
  return table(
    ['', ...orgRole.options, 'guest', 'key'],
    [
      ['Find people, write to them, be in conversations', 'yes', 'yes', 'yes', 'whom they talk to', 'by scope'],
      ['Start groups', 'yes', 'yes', 'yes', '–', 'by scope'],
      ...Object.entries(organisationPolicy).map(([need, { says, roles, scope }]) => [
        `${says} (\`${need}\`)`,
        ...byRole(roles),
        '–',
        scope === null ? '–' : `\`${scope}\``,
      ]),
      [`Give a key ${ownerScopes.map((scope) => `\`${scope}\``).join(' or ')} (\`key.create\`)`, 'yes', '–', '–', '–', '–'],
      ['Make admins and owners, change or remove them (`person.upsert`, `person.remove`)', 'yes', '–', '–', '–', '`people:roles`'],
      ...endpointRules.map(({ says, path, roles }) => [`${says} (\`${path}\`)`, ...byRole(roles), '–', '–']),
    ],
  );
}

const openGroup: ConversationFacts = {
  kind: 'group',
  status: 'open',
  posting: 'members',
  inviting: 'members',
  pinning: 'members',
  mentioningAll: 'members',
};
const settingNames = ['posting', 'inviting', 'pinning', 'mentioningAll'] as const;

const sentences: Record<keyof ConversationCapabilities, string> = {
  post: 'Post',
  update: 'Change title, picture, settings',
  delete: 'Delete the conversation',
  leave: 'Leave',
  addMembers: 'Add members',
  removeMembers: 'Remove members',
  changeRoles: 'Change roles',
  pin: 'Pin messages',
  mentionAll: 'Mention everybody',
  vote: 'Vote in polls',
};
const capabilities = Object.keys(conversationPolicy) as (keyof ConversationCapabilities)[];

function conversationTable(): string {
  return table(
    ['', ...memberRole.options.map((role) => `${role} of a group`), 'in a direct conversation'],
    capabilities.map((name) => [
      `${sentences[name]} (\`${name}\`)`,
      ...memberRole.options.map((role) => asked(name, openGroup, role)),
      asked(name, { ...openGroup, kind: 'direct' }, 'member'),
    ]),
  );
}

function asked(name: keyof ConversationCapabilities, open: ConversationFacts, role: MemberRole): string {
  const may = (facts: Partial<ConversationFacts>, blocked = false): boolean => conversationPolicy[name]({ ...open, ...facts }, { role, blocked });
  if (!may({})) return '–';
  const setting = settingNames.find((candidate) => !may({ [candidate]: 'admins' }));
  const answer = setting === undefined || open.kind === 'direct' ? 'yes' : `if \`${setting}\` is \`members\``;
  const marks = [may({ status: 'closed' }) ? '' : ' ¹', open.kind !== 'direct' || may({}, true) ? '' : ' ²'];
  return answer + marks.join('');
}

function settings(): string {
  const { shape } = conversationSettings;
  return Object.entries(shape)
    .map(([name, field]) => `\`${name}\` (${(field.description ?? '').replace(/\.$/, '').toLowerCase()})`)
    .join(', ');
}

function rankTable(): string {
  const those = (fits: (role: MemberRole) => boolean): string => memberRole.options.filter(fits).join(', ') || '–';
  return table(
    ['as', 'removes, and changes the role of', 'makes somebody'],
    memberRole.options
      .filter((role) => conversationPolicy.changeRoles(openGroup, { role, blocked: false }))
      .map((role) => [role, those((other) => outranks(role, other)), those((granted) => mayGrant(role, granted))]),
  );
}

function messageTable(): string {
  const whose = [
    ['own', 'me'],
    ["another's", 'another'],
  ] as const;
  const windows = { messageEditWindowMs: 1, messageDeleteWindowMs: 1 };
  const names = ['edit', 'delete', 'reply', 'react', 'forward', 'vote', 'closePoll'] as const;
  return table(
    ['', ...memberRole.options.flatMap((role) => whose.map(([word]) => `${role}, ${word}`))],
    names.map((name) => [
      name,
      ...memberRole.options.flatMap((role) =>
        whose.map(([, senderId]) =>
          yes(
            messageCapabilities(
              { senderId, type: 'text', createdAt: 0, deletedAt: null, forwardedFrom: null, poll: { closesAt: null, closedAt: null } },
              openGroup,
              { role, blocked: false },
              'me',
              0,
              windows,
            )[name] ?? false,
          ),
        ),
      ),
    ]),
  );
}

function scopesTable(): string {
  const scopes = Object.entries(scopeTable) as [Scope, string][];
  return table(
    ['scope', 'what it opens', 'commands'],
    scopes.map(([scope, says]) => [`\`${scope}\``, says, names(commands.filter(({ name }) => openings[name] === scope))]),
  );
}

function closedTable(): string {
  const closed = commands.flatMap(({ name }) => {
    const opening = openings[name];
    return typeof opening === 'object' ? [[`\`${name}\``, opening.never]] : [];
  });
  return table(['command', 'because'], closed);
}

const names = (listed: readonly { name: string }[]): string => listed.map(({ name }) => `\`${name}\``).join(', ') || '–';

/** Lanes commit by themselves; of those only sends leave something that is worth a name. */
function attributionTable(): string {
  const open = commands.filter(({ name }) => typeof openings[name] === 'string');
  const sends = open.filter(({ limit }) => limit === 'send');
  const writes = open.filter(({ mode }) => mode === 'write');
  const others = open.filter((command) => !sends.includes(command) && !writes.includes(command) && command.limit === 'signal');
  return table(
    ['commands', 'how'],
    [
      [names(writes), 'an entry in the audit, in the same transaction; one for each person or message that it was done to'],
      [
        names(sends),
        'the message carries the key in the insert that stores it; the entry in the audit follows when the message has settled (MESSAGE_SETTLE_MS). A direct conversation that came of it has an entry at once',
      ],
      [names(others), 'not: they say how far somebody has read, who is there or types, and are too many to be worth a row'],
    ],
  );
}
