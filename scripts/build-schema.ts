/** Writes docs/plugin.schema.json from contract/manifest, so that editors complete plugin.yaml. A test fails when it is stale. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { manifestSchema } from '../contract/manifest/index.ts';

export const SCHEMA_FILE = path.resolve(import.meta.dirname, '..', 'docs', 'plugin.schema.json');

/** The JSON Schema (2020-12) of plugin.yaml as an author writes it: what has a default may be left out. */
export function manifestJsonSchema(): string {
  const schema = z.toJSONSchema(manifestSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Every map of the format takes keys of its author's own that begin with x-.
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { '^x-': {} };
    },
  });
  return `${JSON.stringify({ title: 'plugin.yaml, schema 1.0', description: 'The manifest of a Troupe plugin.', ...schema }, null, 2)}\n`;
}

if (import.meta.main) {
  await writeFile(SCHEMA_FILE, manifestJsonSchema());
  console.log(SCHEMA_FILE);
}
