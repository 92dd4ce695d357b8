import { z } from 'zod';
import { readConfig } from '../../src/config.ts';
import { commands } from '../../src/features/index.ts';
import { asyncapiDocument } from '../../src/http/asyncapi.ts';
import type { JsonSchema } from '../../src/http/docs/json-schema.ts';
import { openapiDocument } from '../../src/http/openapi.ts';

export type Content = { 'application/json'?: { schema: JsonSchema; example?: unknown } };
export type Answer = { $ref?: string; content?: Content };
export type Operation = {
  address: string;
  method: string;
  path: string;
  operationId: string;
  parameters?: { name: string; in: 'path' | 'query' | 'header' }[];
  requestBody?: { content: Content };
  responses: Record<string, Answer>;
};
export type Message = { payload: JsonSchema; examples: { payload: unknown }[] };

/** The documents as a server with default settings gives them. */
export const openapi = openapiDocument(commands, readConfig({}, {}));
export const asyncapi = asyncapiDocument(commands, readConfig({}, {}));

// The documents are loose objects; these are the parts of them that the tests look into.
export const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
  Object.entries(item).map(
    ([method, operation]) => ({ address: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, ...operation }) as Operation,
  ),
);
export const responses = openapi.components.responses as Record<string, { content: Content }>;
export const messages = asyncapi.components.messages as Record<string, Message>;

export const operationsOf = (name: string): Operation[] =>
  operations.filter(({ operationId }) => operationId === name || operationId.startsWith(`${name}.`));

/** The schema of what an operation answers with a status; undefined where it has no body or is not documented. */
export function answerSchema(operation: Operation, status: number): JsonSchema | undefined {
  const answer = operation.responses[status];
  const shared = answer?.$ref === undefined ? answer : responses[answer.$ref.split('/').at(-1) ?? ''];
  return shared?.content?.['application/json']?.schema;
}

const made = { refused: new Map<JsonSchema, z.ZodType>(), allowed: new Map<JsonSchema, z.ZodType>() };

/**
 * A documented schema as one that can be asked, and that is stricter than what clients are told: a field that the
 * document does not have is wrong here, so that none is ever sent without being documented.
 */
export function documented(schema: JsonSchema, components: Record<string, JsonSchema>, moreFields: 'refused' | 'allowed' = 'refused'): z.ZodType {
  const known = made[moreFields].get(schema);
  if (known) return known;
  // zod's own type for a JSON Schema is a union of drafts that a parsed text cannot show it belongs to.
  const asked = z.fromJSONSchema(
    selfContained({ ...schema, $defs: namedBy(schema, components) }, moreFields === 'refused') as Parameters<typeof z.fromJSONSchema>[0],
  );
  made[moreFields].set(schema, asked);
  return asked;
}

/** The components that a schema refers to, and those that they refer to. */
function namedBy(schema: JsonSchema, components: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {};
  const look = (inside: JsonSchema): void => {
    for (const [, name = ''] of JSON.stringify(inside).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      const component = components[name];
      if (!component || found[name]) continue;
      found[name] = component;
      look(component);
    }
  };
  look(schema);
  return found;
}

function selfContained(schema: JsonSchema, closed: boolean): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'), (_, value: JsonSchema | null) =>
    closed && value?.type === 'object' && value.properties !== undefined ? { ...value, additionalProperties: false } : value,
  );
}

/** What is wrong with a value, as text; empty where nothing is. */
export function complaint(schema: z.ZodType, value: unknown): string {
  const parsed = schema.safeParse(value);
  return parsed.success ? '' : `${z.prettifyError(parsed.error)}\nin ${JSON.stringify(value).slice(0, 1000)}`;
}
