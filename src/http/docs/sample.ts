import { COMPONENTS, type JsonSchema, type Schemas } from './json-schema.ts';

/** Ids as they look, one for each placeholder of the commands' examples. */
const ids: Record<string, string> = {
  conversation: '019aa3f0-1c2d-7e3a-9b4c-5d6e7f8091a2',
  group: '019aa3f0-2b6f-7d10-8c5a-3e4f50617283',
  message: '019aa3f1-4a90-7b21-a1d3-6c7d8e9fa0b1',
  poll: '019aa3f1-5b37-7c04-92e6-8f9a0b1c2d3e',
  person: '019aa3ee-0f4b-7a52-b0c1-d2e3f4051627',
  other: '019aa3ee-77d8-7c63-9e0f-1a2b3c4d5e6f',
  organisation: '019aa3ed-3d21-7f84-8a9b-c0d1e2f30415',
  key: '019aa3f6-0d1e-7b82-9c4f-2a3b4c5d6e7f',
};

/** An example of a command with its placeholders, such as `{conversation}`, filled in. */
export function filledIn(input: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(input), (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/^\{(\w+)\}$/, (_whole, name: string) => idOf(name)) : value,
  );
}

/** Kinds of things that are not in the list share an id. */
const idOf = (placeholder: string): string => ids[placeholder] ?? '019aa3f4-5d3c-7e21-b0a9-8f7e6d5c4b3a';

const now = 1_767_225_600_000;
const person = idOf('person');

/** Plausible values by field; with what it is in (`Message.id`) before without. What is not here is made from its schema; what is undefined here is left out. */
const plausible: Record<string, unknown> = {
  'Conversation.id': idOf('conversation'),
  'SharedConversation.id': idOf('conversation'),
  'Conversation.title': 'Saturday match',
  'SharedConversation.title': 'Saturday match',
  'ConversationContext.type': 'booking',
  'ConversationContext.id': '4711',
  'Conversation.kind': 'group',
  'SharedConversation.kind': 'group',
  'organisations.id': idOf('organisation'),
  'deleted.id': idOf('conversation'),
  'Hello.connectionId': '019aa3f2-6e07-7d95-9c3b-2f1e0d4c5b6a',
  'Hello.limits': {
    messageCodePoints: 4000,
    poll: { questionCodePoints: 300, optionCodePoints: 100, options: 12, openMs: 7_776_000_000 },
    frameBytes: 65_536,
    framesPerSecond: 200,
    framesBurst: 1000,
    rates: { send: { points: 3000, seconds: 60 } },
  },
  'SocketTicket.ticket': 'mC2n0Jx8q1aVt5rYwZk3bQ',
  'Key.id': idOf('key'),
  'CreatedKey.id': idOf('key'),
  'Key.name': 'Shop',
  'CreatedKey.name': 'Shop',
  start: 'cw_9fQ2x',
  secret: 'cw_9fQ2xAa0bV7kLr3mWcT1hYdE5nUzJ8sGpOi4qBvXyZ6',
  'key.id': idOf('key'),
  'key.name': 'Shop',
  action: 'message.send',
  targetId: idOf('message'),
  'AuditEntry.conversationId': idOf('conversation'),
  externalId: null,
  'OrganisationPerson.externalId': '4711',
  lastUsedAt: now,
  expiresAt: now,
  'PushKey.publicKey': 'BNbxGYNMhFIf9TmhDfBQ8BZ1l4Yy3CV2rX6W0pQ9mQb8oMLp1w8zT4r0h6dF3cUq5yqkLk0cXkZ5n2Vx7gYc1aE',
  endpoint: 'https://push.example.com/wpush/v2/gAAAAABn',
  'PushSubscription.expiresAt': null,
  id: idOf('message'),
  conversationId: idOf('conversation'),
  orgId: idOf('organisation'),
  activeOrganisationId: idOf('organisation'),
  clientId: 'c-1',
  content: 'Hello!',
  name: 'Ann',
  statusText: 'On the road until Friday',
  timeZone: 'Europe/Lisbon',
  blocked: false,
  slug: 'club',
  email: 'ann@example.com',
  description: null,
  avatarUrl: null,
  replyTo: null,
  thread: null,
  alsoToConversation: false,
  mentions: [],
  forwardedFrom: null,
  draft: null,
  // The message of the samples is a text.
  'Message.poll': undefined,
  'MessageView.poll': undefined,
  'FoundMessage.poll': undefined,
  'PollOption.id': '1',
  'PollOption.text': 'Saturday',
  optionIds: '1',
  'Message.pinned': null,
  'MessageView.pinned': null,
  'FoundMessage.pinned': null,
  // Most have none, and then no such key.
  'Message.linkPreview': undefined,
  'MessageView.linkPreview': undefined,
  'FoundMessage.linkPreview': undefined,
  slowModeSeconds: 0,
  peer: null,
  emoji: '👍',
  pinned: false,
  archived: false,
  hidePresence: false,
  hideReceipts: false,
  cursor: null,
  preview: 'Hello!',
  readAt: null,
  quietHours: null,
  by: idOf('other'),
  editedBy: person,
  createdBy: person,
  epoch: '019aa3ec-9b10-7a41-8f2e-7d6c5b4a3928',
  heartbeatMs: 30_000,
  serverTime: now,
  count: 3,
  conversations: 1,
  since: 40,
  lastMessageAt: now,
  lastActiveAt: now,
  seq: 42,
  lastSeq: 42,
  readSeq: 41,
  deliveredSeq: 42,
  rev: 57,
  unread: 1,
  memberCount: 12,
  visible: 12,
};

/** Lists that are empty more often than not. */
const empty = new Set(['mentions', 'removed', 'hidden']);
const personFields = new Set(['Person.id', 'Sender.id', 'Me.id', 'Contact.id', 'Profile.id', 'OrganisationPerson.id']);

/** What an event tells of something that is not as usual. */
const changed: Record<string, object> = {
  'message.updated': { content: 'Hello there!', editedAt: now },
  'message.deleted': { content: '', reactions: [], deletedAt: now },
};

/** An event of this type; `schema` is that of its data. */
export function sampleOfEvent(type: string, schema: JsonSchema, schemas: Schemas): unknown {
  const data = sampleOf(schema, schemas, type);
  return typeof data === 'object' ? { ...data, ...changed[type] } : data;
}

/** A value that fits the schema and looks like one of ours. */
export function sampleOf(schema: JsonSchema, schemas: Schemas, place = ''): unknown {
  const field = place.split('.').at(-1) ?? '';
  if (personFields.has(place) || /(^u|U)serIds?$/.test(field)) return schema.type === 'array' ? [person] : person;
  if (place in plausible) return plausible[place];
  if (field in plausible && schema.$ref === undefined && schema.type !== 'object' && schema.type !== 'array') return plausible[field];
  if (schema.$ref !== undefined) return sampleOf(schemas.resolve(schema), schemas, schema.$ref.slice(COMPONENTS.length));
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOfChoice(schema.anyOf, schemas, place);
  if (schema.properties) return sampleOfObject(schema, schemas, place);
  switch ([schema.type].flat()[0]) {
    case 'array':
      return schema.items && !('not' in schema.items) && !empty.has(field) ? [sampleOf(schema.items, schemas, place)] : [];
    case 'object':
      return typeof schema.additionalProperties === 'object' && schema.propertyNames?.format === 'uuid'
        ? { [idOf('conversation')]: sampleOf(schema.additionalProperties, schemas) }
        : {};
    case 'integer':
    case 'number':
      return schema.description === 'Epoch milliseconds.' ? now : (schema.minimum ?? 1);
    case 'boolean':
      return true;
    default:
      return sampleOfText(schema);
  }
}

function sampleOfText({ format, type }: JsonSchema): string | null {
  if (format === 'uuid') return idOf('message');
  if (format === 'date-time') return new Date(now).toISOString();
  return Array.isArray(type) ? null : 'text';
}

/** Named objects rather than null; null rather than bare values. */
function sampleOfChoice(choices: JsonSchema[], schemas: Schemas, place: string): unknown {
  const nullable = choices.some((choice) => choice.type === 'null');
  const [first = {}] = choices;
  return nullable && first.$ref === undefined ? null : sampleOf(first, schemas, place);
}

export function sampleOfObject(schema: JsonSchema, schemas: Schemas, place = ''): Record<string, unknown> {
  const owner = place.split('.').at(-1) ?? '';
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, sampleOf(field, schemas, `${owner}.${name}`)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
