import * as z from 'zod/mini';
import { keySchema } from './fields.ts';
import { parseConfiguredHosts, parseNetworkTarget } from './network-target.ts';

/** An exact host or one leading wildcard, with an optional scheme and port. */
export const networkEntrySchema = z.string().check(z.maxLength(300), (context) => {
  const target = parseNetworkTarget(context.value);
  if (typeof target === 'string') context.issues.push({ code: 'custom', input: context.value, message: target });
});

/** The same, or the key of a configuration entry of type `hosts` in which the person enters them. */
const networkAskSchema = z.string().check(z.maxLength(300), (context) => {
  const target = parseConfiguredHosts(context.value) ?? parseNetworkTarget(context.value);
  if (typeof target === 'string') context.issues.push({ code: 'custom', input: context.value, message: target });
});

const UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const SIZE = /^(\d{1,10}) ?(B|KiB|MiB|GiB)$/;

/** The bytes that `10MiB` means; undefined when the text is no size. */
export function bytesOfSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : undefined;
}

export const MAX_STORAGE_BYTES = 1024 ** 3;

const sizeSchema = z.string().check(z.refine((text) => {
  const bytes = bytesOfSize(text);
  return bytes !== undefined && bytes > 0 && bytes <= MAX_STORAGE_BYTES;
}, { error: 'is not a size such as 10MiB, at most 1GiB' }));

/** `builtin.calculator`, `com.example.http-tools/fetch_page` or `com.example.http-tools/*`. */
const toolPatternSchema = z.string().check(z.maxLength(200), z.regex(/^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9_-]*)+(\/(\*|[a-zA-Z0-9][a-zA-Z0-9_-]*))?$/, { error: 'is not a tool such as builtin.calculator or com.example.http-tools/*' }));

/** What the plugin asks for; nothing by default. */
export const permissionsSchema = z.strictObject({
  network: z._default(z.array(networkAskSchema).check(z.maxLength(100)), []),
  /** `read: true` asks for the raw value, a permission of its own that is shown in red. */
  secrets: z._default(z.array(z.strictObject({ key: keySchema, hosts: z._default(z.array(networkEntrySchema).check(z.maxLength(50)), []), read: z._default(z.boolean(), false) })).check(z.maxLength(50)), []),
  models: z.optional(z.strictObject({ calls_per_run: z.number().check(z.int(), z.gte(1), z.lte(1000)) })),
  tools: z._default(z.array(toolPatternSchema).check(z.maxLength(100)), []),
  files: z._default(z.strictObject({ folders: z._default(z.array(z.strictObject({ key: keySchema, access: z.enum(['read', 'write']) })).check(z.maxLength(20)), []) }), { folders: [] }),
  storage: z.optional(sizeSchema),
});
export type ManifestPermissions = z.infer<typeof permissionsSchema>;
