/** Connections of the tools that come with Troupe: a mail server, a folder, a database. Configured once, given to single agents. */
import * as z from 'zod/mini';
import { configurationFieldSchema } from './configuration.ts';
import { configurationKeySchema } from './catalog.ts';
import { idSchema, instantSchema } from './ids.ts';

export const connectionKindSchema = z.enum(['folder', 'http', 'postgres', 'search', 'slack', 'smtp', 'sqlite', 'webhook']);
export type ConnectionKind = z.infer<typeof connectionKindSchema>;

/** A tool that comes with Troupe, as people choose it. */
export const builtinToolSchema = z.object({ id: z.string(), title: z.string(), description: z.string(), effect: z.enum(['read', 'write', 'destructive']) });
export type BuiltinTool = z.infer<typeof builtinToolSchema>;

/** What a connection of this kind is made of. `picks`: the person picks a folder for it in a dialog of the shell. */
export const connectionFormSchema = z.object({ kind: connectionKindSchema, fields: z.array(configurationKeySchema), picks: z.boolean(), tools: z.array(builtinToolSchema) });
export type ConnectionForm = z.infer<typeof connectionFormSchema>;

/** What the last test said. `open`: its host failed several times in a row and is left alone until `retryAt`. */
export const connectionStatusSchema = z.object({ state: z.enum(['untested', 'ready', 'failing', 'open']), message: z.nullable(z.string()), checkedAt: z.nullable(instantSchema), retryAt: z.nullable(instantSchema) });
export type ConnectionStatus = z.infer<typeof connectionStatusSchema>;

/** `place` is what it leads to, in one line; `agents` are the ids of hires and of own agents that may use it. */
export const connectionSchema = z.object({
  id: idSchema, kind: connectionKindSchema, name: z.string(), place: z.string(), fields: z.array(configurationFieldSchema), missing: z.array(z.string()),
  agents: z.array(idSchema), tools: z.array(builtinToolSchema), status: connectionStatusSchema, createdAt: instantSchema,
});
export type Connection = z.infer<typeof connectionSchema>;

/** A host that tools ask and that failed lately. `retryAt`: it is left alone until then; null while it is still asked. */
export const hostCircuitSchema = z.object({ host: z.string(), failures: z.number(), retryAt: z.nullable(instantSchema), message: z.string() });
export type HostCircuit = z.infer<typeof hostCircuitSchema>;

export const connectionNameSchema = z.string().check(z.trim(), z.minLength(1), z.maxLength(60));
export const connectionTestSchema = z.object({ ok: z.boolean(), message: z.string(), latencyMs: z.number() });
export type ConnectionTest = z.infer<typeof connectionTestSchema>;
