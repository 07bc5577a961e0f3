import * as z from 'zod/mini';

/** Changes when an older client could misread a newer core. */
export const PROTOCOL = 1;

/** The first message of a client. Nothing else is answered before it. While a client with `offline` is connected, the core uses no network. */
export const clientHelloSchema = z.object({ hello: z.object({ protocol: z.number(), build: z.string(), client: z.enum(['page', 'cli', 'test']), offline: z.optional(z.boolean()) }) });
export type ClientHello = z.infer<typeof clientHelloSchema>;

/** The core's answer. With `refused` the core closes the channel: `other-build` asks a page to reload; `program` is the matching command line. */
export const coreHelloSchema = z.object({
  hello: z.object({ protocol: z.number(), build: z.string(), shell: z.string(), refused: z.optional(z.enum(['other-build', 'other-protocol', 'stopping'])), program: z.optional(z.string()) }),
});
export type CoreHello = z.infer<typeof coreHelloSchema>;
