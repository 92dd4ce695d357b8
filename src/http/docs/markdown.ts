import { COMPONENTS, type JsonSchema } from './json-schema.ts';

const LINE_MAX_CHARACTERS = 100;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Between backticks nothing but the bar needs an escape; elsewhere `<path>` would be a tag. */
function cellText(text: string): string {
  const pieces = text.replaceAll('|', '\\|').split('`');
  return pieces.map((piece, i) => (i % 2 === 0 ? piece.replaceAll('<', '\\<') : piece)).join('`');
}

/** One row for each field: name, type, meaning. */
export function fieldTable(schema: JsonSchema): string {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => [
    `\`${name}\`${required.has(name) ? '' : '?'}`,
    typeText(field),
    field.description ?? '',
  ]);
  return table(['field', 'type', 'meaning'], rows);
}

/** A type in words, with links to the objects of the page. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref.slice(COMPONENTS.length));
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  if (schema.type === 'array') return schema.items && !('not' in schema.items) ? `list of ${typeText(schema.items)}` : 'empty list';
  if (schema.properties) return objectText(schema);
  if (typeof schema.additionalProperties === 'object')
    return `map from ${typeText(schema.propertyNames ?? {})} to ${typeText(schema.additionalProperties)}`;
  if (schema.format === 'uuid') return 'id';
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  return schema.maxLength === undefined ? type : `${type}, at most ${String(schema.maxLength)} long`;
}

function objectText({ properties = {}, required = [] }: JsonSchema): string {
  const fields = Object.entries(properties).map(([name, field]) => `\`${name}\`${required.includes(name) ? '' : '?'} ${typeText(field)}`);
  return fields.length === 0 ? 'empty object' : `object of ${fields.join('; ')}`;
}

const linkTo = (name: string): string => (name === 'Json' ? 'any JSON' : `[${name}](#${name.toLowerCase()})`);

export function json(value: unknown): string {
  return `\`\`\`json\n${jsonText(value, '')}\n\`\`\``;
}

/** JSON with everything on one line that fits on one. */
function jsonText(value: unknown, indent: string): string {
  const line = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ');
  if (line.length + indent.length <= LINE_MAX_CHARACTERS || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + jsonText(item, inner)).join(',\n')}\n${indent}]`;
  return `{\n${Object.entries(value)
    .map(([key, item]) => `${inner}${JSON.stringify(key)}: ${jsonText(item, inner)}`)
    .join(',\n')}\n${indent}}`;
}
