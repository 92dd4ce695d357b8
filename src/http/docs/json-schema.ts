import { z } from 'zod';

/** JSON Schema 2020-12, as far as the documents look into it. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  minimum?: number;
  maximum?: number;
  [keyword: string]: unknown;
};

/** A piece of a document that is no schema. */
export type Part = Record<string, unknown>;

export const COMPONENTS = '#/components/schemas/';

export type Schemas = {
  /** Every named schema that was met so far. */
  readonly components: Record<string, JsonSchema>;
  input(schema: z.ZodType): JsonSchema;
  output(schema: z.ZodType): JsonSchema;
  /** What a reference stands for; other schemas as they are. */
  resolve(schema: JsonSchema): JsonSchema;
};

/** Turns zod schemas into JSON Schema. Those with a `meta` id become components that the others refer to. */
export function createSchemas(): Schemas {
  const components: Record<string, JsonSchema> = {};

  function convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $defs = {}, ...converted } = tidy(z.toJSONSchema(schema, { io }));
    for (const [name, component] of Object.entries($defs)) define(name, component);
    return converted;
  }

  /** A name stands for one shape: two different ones under it are a mistake in `wire/`. */
  function define(name: string, component: JsonSchema): void {
    components[name] ??= component;
    if (!Bun.deepEquals(components[name], component)) throw new Error(`Two different schemas are named ${name}.`);
  }

  return {
    components,
    input: (schema) => convert(schema, 'input'),
    output: (schema) => convert(schema, 'output'),
    resolve: ({ $ref, ...rest }) => ($ref === undefined ? rest : { ...components[$ref.slice(COMPONENTS.length)], ...rest }),
  };
}

/**
 * Takes out what would mislead: `additionalProperties: false` (a later version may add fields, and clients ignore
 * those that they do not know), the bounds of every integer of JavaScript, the expression behind a format, and
 * zod's way to refer.
 */
function tidy(schema: object): JsonSchema & { $defs?: Record<string, JsonSchema> } {
  return JSON.parse(JSON.stringify(schema), (keyword, value: unknown) => {
    if (keyword === '$ref' && typeof value === 'string') return value.replace('#/$defs/', COMPONENTS);
    if (isNoise(keyword, value)) return undefined;
    return hasPatternOfFormat(value) ? { ...value, pattern: undefined } : value;
  });
}

function isNoise(keyword: string, value: unknown): boolean {
  return (
    keyword === '$schema' ||
    (keyword === 'additionalProperties' && value === false) ||
    (keyword === 'maximum' && value === Number.MAX_SAFE_INTEGER) ||
    (keyword === 'minimum' && value === Number.MIN_SAFE_INTEGER)
  );
}

const hasPatternOfFormat = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'format' in value && 'pattern' in value;
