import type { Config } from '../../config.ts';
import type { Command } from '../../kernel/command.ts';
import type { JsonSchema } from './json-schema.ts';

type Limit = { before: string; setting: keyof Config; variable: string; after: string };

/** Limits that live in the configuration, by the field that they are about; `command.field` goes before `field`. */
const limits: Record<string, Limit> = {
  content: { before: 'At most', setting: 'messageMaxCodePoints', variable: 'MESSAGE_MAX_CODE_POINTS', after: 'code points' },
  metadata: { before: 'At most', setting: 'messageMetadataMaxBytes', variable: 'MESSAGE_METADATA_MAX_BYTES', after: 'bytes as JSON' },
  memberIds: { before: 'At most', setting: 'membersPerRequestMax', variable: 'MEMBERS_PER_REQUEST_MAX', after: 'people' },
  userIds: { before: 'At most', setting: 'membersPerRequestMax', variable: 'MEMBERS_PER_REQUEST_MAX', after: 'people' },
  'presence.get.ids': { before: 'At most', setting: 'presenceWatchMax', variable: 'PRESENCE_WATCH_MAX', after: 'people' },
  'presence.watch.userIds': { before: 'At most', setting: 'presenceWatchMax', variable: 'PRESENCE_WATCH_MAX', after: 'people' },
  'sync.conversations': { before: 'At most', setting: 'syncHeldMax', variable: 'SYNC_HELD_MAX', after: 'of them' },
  endpoint: { before: 'At most', setting: 'pushEndpointMaxCodePoints', variable: 'PUSH_ENDPOINT_MAX_CODE_POINTS', after: 'code points' },
  limit: { before: 'By default', setting: 'pageDefault', variable: 'PAGE_DEFAULT', after: '' },
};

/** The fields of a command's input, each with the limit that the configuration sets for it. Without a configuration its name stands for the figure. */
export function describedFields(command: Command, fields: Record<string, JsonSchema>, config: Config | null): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, described(field, limits[`${command.name}.${name}`] ?? limits[name], config)]),
  );
}

function described(field: JsonSchema, limit: Limit | undefined, config: Config | null): JsonSchema {
  if (!limit) return field;
  const { before, setting, variable, after } = limit;
  const figure = config ? [before, config[setting], after, `(\`${variable}\`)`] : [before, `\`${variable}\``, after];
  return { ...field, description: [field.description, `${figure.filter((word) => word !== '').join(' ')}.`].filter(Boolean).join(' ') };
}
