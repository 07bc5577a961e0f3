/** A JSON Schema as a grammar can hold a model to it: narrower or wider than what was asked, never wrong JSON. */
type Schema = Readonly<Record<string, unknown>>;

const SIMPLE = new Set(['string', 'number', 'integer', 'boolean', 'null']);
const MAX_DEPTH = 24;
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const isValue = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);

/**
 * Keeps the words that the grammar knows: types, enum, const, oneOf/anyOf, properties, items, a few lengths. References
 * within the schema are written out; what is too deep or unknown becomes a string. The answer is checked against the
 * whole schema afterwards in any case.
 */
export function grammarSchema(schema: Schema, root: Schema = schema, depth = 0): Schema {
  if (depth > MAX_DEPTH) return { type: 'string' };
  const within = (value: unknown): Schema => (isSchema(value) ? grammarSchema(value, root, depth + 1) : { type: 'string' });
  const words = typeof schema['description'] === 'string' ? { description: schema['description'] } : {};
  const reference = schema['$ref'];
  if (typeof reference === 'string') return within(lookUp(root, reference));
  if ('const' in schema && isValue(schema['const'])) return { const: schema['const'], ...words };
  const values = schema['enum'];
  if (Array.isArray(values) && values.length > 0 && values.every(isValue)) return { enum: values, ...words };
  const choices = [schema['oneOf'], schema['anyOf']].find((list) => Array.isArray(list) && list.length > 0) as unknown[] | undefined;
  if (choices) return { oneOf: choices.map(within), ...words };
  const type = typeOf(schema);
  if (type === 'object') {
    const properties = isSchema(schema['properties']) ? Object.fromEntries(Object.entries(schema['properties']).map(([name, value]) => [name, within(value)])) : {};
    const more = schema['additionalProperties'];
    const open = isSchema(more) ? { additionalProperties: within(more) } : more === true || (more === undefined && Object.keys(properties).length === 0) ? { additionalProperties: { type: 'string' } } : {};
    return { type, properties, ...open, ...words };
  }
  if (type === 'array') return { type, items: within(schema['items']), ...lengths(schema, 'minItems', 'maxItems'), ...words };
  if (type === 'string') return { type, ...(['date-time', 'time', 'date'].includes(String(schema['format'])) ? { format: schema['format'] } : lengths(schema, 'minLength', 'maxLength')), ...words };
  return { type, ...words };
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  if (Array.isArray(type)) {
    const known = type.filter((name) => SIMPLE.has(String(name)));
    return known.length === type.length && known.length > 0 ? known : type[0];
  }
  if (typeof type === 'string' && (SIMPLE.has(type) || type === 'object' || type === 'array')) return type;
  return isSchema(schema['properties']) ? 'object' : 'items' in schema ? 'array' : 'string';
}

/** Long counted repetitions make grammars that take minutes to build. */
const lengths = (schema: Schema, ...names: string[]): Schema => Object.fromEntries(names.flatMap((name) => {
  const value = schema[name];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 256 ? [[name, value]] : [];
}));

function lookUp(root: Schema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  let at: unknown = root;
  for (const step of reference.slice(1).split('/').filter((part) => part !== '')) at = isSchema(at) ? at[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return at;
}
