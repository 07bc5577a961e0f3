import * as z from 'zod/mini';
import { jsonObjectSchema } from './fields.ts';

/** A JSON Schema as plain JSON; what it says is judged by the validator that uses it. */
export type JsonSchema = Record<string, unknown>;

const MAX_DEPTH = 64;

/** Looks for what a plugin's schema may never hold: references that leave it, and depth that overflows a validator. */
function complaintOf(value: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if ((key === '$ref' || key === '$dynamicRef') && typeof inner === 'string' && !inner.startsWith('#')) return `refers to ${inner}; a reference stays inside its schema and begins with #`;
    const complaint = complaintOf(inner, depth + 1);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

/** `$ref` stays inside; at most 64 levels deep. */
export const jsonSchemaSchema = jsonObjectSchema.check((context) => {
  const complaint = complaintOf(context.value, 0);
  if (complaint !== undefined) context.issues.push({ code: 'custom', input: context.value, message: complaint });
});

/** A tool's input: arguments are always an object, so a schema of anything else can never be met. */
export const toolInputSchema = jsonSchemaSchema.check(z.refine((schema) => !Object.hasOwn(schema, 'type') || schema['type'] === 'object', { error: 'describes something else than an object; the arguments of a tool are an object' }));
