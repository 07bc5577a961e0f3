import type { JsonSchema } from '../models/index.ts';
import type { Validator } from '../tools/index.ts';

export type Structured = { readonly value: unknown } | { readonly problem: string };

/** Reads JSON out of an answer, alone or in a fence, and holds it against the schema. */
export async function readStructured(text: string, schema: JsonSchema, validator: Validator): Promise<Structured> {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/i.exec(text)?.[1];
  let value: unknown;
  try {
    value = JSON.parse(fenced ?? text);
  } catch (error) {
    return { problem: `Your answer was not JSON (${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'}).` };
  }
  const problem = await validator.problem(schema, value);
  return problem === undefined ? { value } : { problem: `Your answer does not fit. ${problem}` };
}
