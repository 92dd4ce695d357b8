import type { Config } from '../config.ts';
import { takesQuery, type Command, type HttpRoute } from '../kernel/command.ts';
import { version } from '../lib/version.ts';
import { answerOf, otherPaths, type PathItem } from './docs/endpoints.ts';
import { errorTableText, headers, rateHeaders, refusal, refusalResponses, refusalsOf } from './docs/errors.ts';
import { createSchemas, type JsonSchema, type Part, type Schemas } from './docs/json-schema.ts';
import { describedFields } from './docs/limits.ts';
import { filledIn } from './docs/sample.ts';
import { securitySchemes } from './docs/security.ts';

export type OpenApiDocument = {
  openapi: string;
  info: Part & { version: string };
  paths: Record<string, PathItem>;
  components: { schemas: Record<string, JsonSchema>; responses: Record<string, Part> } & Part;
  [field: string]: unknown;
};

/** OpenAPI 3.1 of everything that HTTP answers, made from the commands and their schemas. */
export function openapiDocument(commands: readonly Command[], config: Config): OpenApiDocument {
  const schemas = createSchemas();
  const paths = { ...commandPaths(commands, config, schemas), ...otherPaths(schemas) };
  const responses = refusalResponses(schemas);
  const security = securitySchemes(config, 'apiKey');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chinwag',
      version,
      summary: 'A chat server',
      description: `${introduction}\n\n<details><summary>All errors</summary>\n\n${errorTableText()}\n\n</details>`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: config.publicUrl }],
    security: Object.keys(security).map((scheme) => ({ [scheme]: [] })),
    tags: tagsOf(paths),
    paths,
    components: { schemas: schemas.components, responses, headers, securitySchemes: security },
  };
}

const introduction = `
Rooms, direct messages, receipts and presence, over HTTP here and over a WebSocket ([/api/asyncapi.json](/api/asyncapi.json)):
every command answers the same through both doors.

- **Signing in.** A session by cookie or as a bearer, a JWT of your own application, or an API key. The key of a back end acts as its bot, or with
  the header \`Act-As: ext:<id>\` as one of your people.
- **People.** Wherever a user id is taken, \`ext:<sub>\` names the person whom your application knows by that id, and \`me\` yourself.
- **Lists** answer \`{ items, cursor }\`; give \`cursor\` back for the next page, null is the end.
- **Times** are epoch milliseconds. \`seq\` numbers the messages of a conversation, \`rev\` its changes; neither has holes.
- **Sending** is safe to repeat: name each message with \`clientId\`, or with the header \`Idempotency-Key\`.
- **Errors** are \`{ error: { code, message, details?, requestId, retryAfter? } }\` everywhere.
- **Fields** may be added to answers; ignore those that you do not know. \`capabilities\` says what you may do with an object.
`.trim();

function commandPaths(commands: readonly Command[], config: Config, schemas: Schemas): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const command of commands) {
    for (const route of command.http) {
      const path = `/api/chat${route.path.replace(/:(\w+)/g, '{$1}')}`;
      for (const method of methodsOf(route)) paths[path] = { ...paths[path], [method]: operation(command, route, method, config, schemas) };
    }
  }
  return paths;
}

const methodsOf = (route: HttpRoute): string[] => [route.method].flat();
const parametersOf = (route: HttpRoute): string[] => [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

function operation(command: Command, route: HttpRoute, method: string, config: Config, schemas: Schemas): Part {
  const input = schemas.input(command.input);
  const fields = describedFields(command, input.properties ?? {}, config);
  const required = new Set(input.required);
  const inPath = parametersOf(route);
  const examples = examplesFor(command, inPath);
  const others = Object.keys(fields).filter((name) => !inPath.includes(name));
  const body = Object.fromEntries(others.map((name) => [name, fields[name] ?? {}]));

  const parameter = (name: string, place: 'path' | 'query'): Part => ({
    name,
    in: place,
    required: place === 'path' || required.has(name),
    ...(fields[name]?.type === 'array' && { style: 'form', explode: false }),
    ...withoutDescription(fields[name] ?? {}),
    ...(examples[0]?.input[name] !== undefined && { example: examples[0].input[name] }),
  });
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path')),
    ...(takesQuery(method) ? others.map((name) => parameter(name, 'query')) : []),
    ...(method !== 'get' && 'clientId' in body ? [idempotencyKey] : []),
  ];
  return {
    operationId: operationId(command, route, method),
    summary: command.summary,
    ...(command.description !== '' && { description: command.description }),
    tags: [tagOf(command.name)],
    ...(parameters.length > 0 && { parameters }),
    ...(!takesQuery(method) &&
      others.length > 0 && {
        requestBody: requestBody(
          body,
          others.filter((name) => required.has(name)),
          examples,
          inPath,
        ),
      }),
    responses: {
      ...successes(command, route, schemas),
      ...Object.fromEntries(refusalsOf(command, method, inPath).map((status) => [status, refusal(status)])),
    },
  };
}

const withoutDescription = ({ description, ...schema }: JsonSchema): Part => ({ ...(description !== undefined && { description }), schema });

const idempotencyKey: Part = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Serves as `clientId` where the body has none.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};

/** The examples that this route can carry: those that name all its path parameters. */
function examplesFor(command: Command, inPath: string[]): Command['examples'] {
  const fitting = command.examples.filter(({ input }) => inPath.every((name) => input[name] !== undefined));
  return fitting.map(({ summary, input }) => ({ summary, input: filledIn(input) }));
}

function requestBody(properties: Record<string, JsonSchema>, required: string[], examples: Command['examples'], inPath: string[]): Part {
  const shown = examples.map(({ summary, input }) => [
    summary,
    { summary, value: Object.fromEntries(Object.entries(input).filter(([name]) => !inPath.includes(name))) },
  ]);
  const schema = { type: 'object', properties, ...(required.length > 0 && { required }) };
  return {
    required: required.length > 0,
    content: { 'application/json': { schema, ...(shown.length > 0 && { examples: Object.fromEntries(shown) }) } },
  };
}

/** As the router answers. Only a command with a transaction of its own can find that there was nothing to create. */
function successes(command: Command, route: HttpRoute, schemas: Schemas): Record<number, Part> {
  const told = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' }, ...rateHeaders };
  if (route.status === 204 || !command.output) return { 204: { description: 'Done.', headers: told } };
  const schema = schemas.output(command.output);
  if (route.status !== 201) return { 200: answerOf('Done.', schemas, schema, told) };
  const created = { 201: answerOf('Created.', schemas, schema, told) };
  return command.mode === 'write' ? { 200: answerOf('It was there already.', schemas, schema, told), ...created } : created;
}

/** The command's name; where it has several operations, told apart by method or by parameter. */
function operationId(command: Command, route: HttpRoute, method: string): string {
  const byMethod = methodsOf(route).length > 1 ? [method] : [];
  const byParameter = command.http.length > 1 ? parametersOf(route).map((name) => `by-${name}`) : [];
  return [command.name, ...byParameter, ...byMethod].join('.');
}

const tagOf = (name: string): string => name.split('.')[0] ?? name;

function tagsOf(paths: Record<string, PathItem>): { name: string }[] {
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  return [...new Set(operations.flatMap(({ tags }) => tags as string[]))].map((name) => ({ name }));
}
