/** A name as SQL takes it, whatever letters it has. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table by its name; in PostgreSQL with the schema before a dot. */
export interface TableName { readonly schema: string | undefined; readonly table: string }

/** Reads `orders`, `sales.orders` and `"odd.name"`, as people and models write them. */
export function tableName(text: string): TableName {
  const parts = [...text.trim().matchAll(/"((?:[^"]|"")*)"|`([^`]*)`|([^."`]+)/gu)].map(([, quotedName, ticked, plain]) => (quotedName?.replaceAll('""', '"') ?? ticked ?? plain ?? '').trim()).filter((part) => part !== '');
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) throw new Error(`The name of a table was expected, such as orders or sales.orders, and "${text.slice(0, 80)}" came.`);
  return second === undefined ? { schema: undefined, table: first } : { schema: first, table: second };
}

export const written = ({ schema, table }: TableName): string => (schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`);
