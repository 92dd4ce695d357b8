/**
 * Where a statement would go if conversations were spread over several databases, each with all that belongs to it: the key is
 * the conversation. Read off the SQL, so it holds for whatever wrote it. No parser: where two parts of a statement give the same name to different
 * tables, what is said of one counts for both.
 */
const keyOf: Record<string, string | null> = {
  conversation: 'id',
  conversation_member: 'conversation_id',
  message: 'conversation_id',
  hidden_message: 'conversation_id',
  reaction: 'conversation_id',
  pin: 'conversation_id',
  thread_read: 'conversation_id',
  // They hang on a message and do not say of which conversation it is.
  message_edit: null,
  message_search: null,
};

type Reference = { table: string; name: string; key: string | null };

const NO_ALIAS = 'where|on|set|inner|left|cross|join|order|group|limit|for|using|returning|values|select|as';
const REFERENCE = new RegExp(
  `\\b(?:from|join|update|into) (${Object.keys(keyOf).join('|')})\\b(?! *\\.)(?: (?:as )?(?!(?:${NO_ALIAS})\\b)(\\w+))?`,
  'g',
);

/** `message by conversation, message replied by id`: each table that would be spread, and how its rows are found. Null: there is none. */
export function shapeOf(statement: string): string | null {
  const text = statement.replaceAll('"', '').replace(/\s+/g, ' ').trim();
  const references = [...text.matchAll(REFERENCE)].map(([, table = '', alias]): Reference => ({
    table,
    name: alias ?? table,
    key: keyOf[table] ?? null,
  }));
  if (references.length === 0) return null;
  const known = anchored(text, references);
  const parts = references.map((reference) => {
    const shown = reference.name === reference.table || reference.name.length === 1 ? reference.table : `${reference.table} ${reference.name}`;
    return `${shown} by ${known.has(reference) ? 'conversation' : foundBy(text, reference.name)}`;
  });
  return `${text.split(' ')[0]} ${[...new Set(parts)].join(', ')}`;
}

/** Whether it has to ask more than one database. */
export const crosses = (shape: string): boolean => / by (?!conversation\b)/.test(shape);

/** Whose conversation is given, or is that of one whose conversation is given. */
function anchored(text: string, references: Reference[]): Set<Reference> {
  const known = new Set(references.filter((reference) => isGiven(text, reference, references)));
  for (let before = -1; before < known.size;) {
    before = known.size;
    for (const one of references) if ([...known].some((other) => areEqual(text, one, other))) known.add(one);
  }
  return known;
}

function isGiven(text: string, { table, name, key }: Reference, all: Reference[]): boolean {
  if (key === null) return false;
  if (new RegExp(`into ${table} \\([^)]*\\b${key}\\b`).test(text)) return true;
  const column = `${name}\\.${key}`;
  if (new RegExp(`${column} in \\((?!select\\b)|\\(${column}, [^)]*\\) in \\(|(?:from|update) ${name} where ${key} (?:=|in)`).test(text)) return true;
  const equals = [...text.matchAll(new RegExp(`${column} = (\\$\\d|\\w+)`, 'g'))].map(([, side = '']) => side);
  return equals.some((side) => side.startsWith('$') || !all.some((other) => other.name === side));
}

function areEqual(text: string, one: Reference, other: Reference): boolean {
  const [a, b] = [`${one.name}\\.${one.key}`, `${other.name}\\.${other.key}`];
  return new RegExp(`\\b${a} = ${b}\\b|\\b${b} = ${a}\\b`).test(text);
}

function foundBy(text: string, name: string): string {
  const columns = [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+) (?:=|in|@@) `, 'g'))].map(([, column = '']) => column);
  return ['id', 'message_id', 'user_id', 'tokens'].find((column) => columns.includes(column)) ?? 'all';
}
