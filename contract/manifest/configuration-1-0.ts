import * as z from 'zod/mini';
import { keySchema, lineSchema } from './fields.ts';

export const configurationTypeSchema = z.enum(['string', 'number', 'boolean', 'enum', 'url', 'secret', 'folder', 'model', 'hosts']);

/** `label` is what a person reads in place of the key. `options` are the values of an `enum`. A `secret` has no default: it would be public; `hosts` neither: what it names is allowed because a person entered it. */
export const configurationEntrySchema = z.strictObject({
  key: keySchema, type: configurationTypeSchema, description: z._default(lineSchema(500), 'No description given.'),
  label: z.optional(lineSchema(80)), example: z.optional(lineSchema(200)),
  default: z.optional(z.union([z.string(), z.number(), z.boolean()])), options: z.optional(z.array(lineSchema(200)).check(z.minLength(1), z.maxLength(100))),
});
export type ConfigurationEntry = z.infer<typeof configurationEntrySchema>;

const entries = z._default(z.array(configurationEntrySchema).check(z.maxLength(100)), []);

export const configurationSchema = z.strictObject({ required: entries, optional: entries });
