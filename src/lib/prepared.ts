const built = new WeakMap<object, Map<unknown, Map<string, unknown>>>();

/**
 * A statement that is built once for each connection, with `sql.placeholder` where the values of a call go: building one costs more
 * than running it. `build` is a function of a module, because it is what the statement is known by, with its variant where it has
 * several. A connection that lives for one transaction builds its own.
 */
export function prepared<Where extends { db: object }, Statement, Variant extends string = ''>(
  where: Where,
  build: (where: Where, variant: Variant) => Statement,
  variant = '' as Variant,
): Statement {
  const builders = ofKey(built, where.db, () => new Map<unknown, Map<string, unknown>>());
  const variants = ofKey(builders, build, () => new Map<string, unknown>());
  return ofKey(variants, variant, () => build(where, variant)) as Statement;
}

function ofKey<Key, Value>(known: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown }, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
