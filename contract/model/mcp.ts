import * as z from 'zod/mini';
import { lineSchema } from '../manifest/fields.ts';
import { idSchema, instantSchema } from './ids.ts';

/** Stands before the server's short name in the ids of its tools: `mcp:files/read_file`. No plugin's id can begin so. */
export const MCP_PREFIX = 'mcp:';

/** What a person calls a server. */
export const mcpNameSchema = z.string().check(z.trim(), z.minLength(1), z.maxLength(40));
/** The name of an environment variable. */
export const environmentNameSchema = z.string().check(z.maxLength(128), z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'is not a name for an environment variable' }));
/** The name of a header (RFC 9110). */
export const headerNameSchema = z.string().check(z.maxLength(128), z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'is not a name for a header' }));
const wordSchema = z.string().check(z.maxLength(4096), z.refine((text) => !text.includes('\0'), { error: 'has a character that no program can be given' }));

/** How a server is reached. Values of variables and headers are never here: they are kept as secrets. */
export const mcpTransportSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stdio'), command: lineSchema(1024), args: z.array(wordSchema).check(z.maxLength(100)), environment: z.array(environmentNameSchema).check(z.maxLength(50)) }),
  z.strictObject({ kind: z.literal('http'), url: z.string().check(z.maxLength(2048)), headers: z.array(headerNameSchema).check(z.maxLength(50)),
    /** The address leads into a private network, and may. */
    privateNetwork: z.boolean() }),
]);
export type McpTransport = z.infer<typeof mcpTransportSchema>;

/** Values by the names of variables or headers. They go to the credentials room and never come back. */
export const mcpValuesSchema = z.record(z.string().check(z.maxLength(128)), z.string().check(z.minLength(1), z.maxLength(8192)));

/**
 * `off`: switched off. `idle`: started when it is needed. `starting`, `ready`: under way. `failing`: the last start failed.
 * `waiting`: it failed several times and is left alone until `retryAt`. `values`: values are missing. `signIn`: it asks for a sign-in.
 */
export const mcpStateSchema = z.enum(['off', 'idle', 'starting', 'ready', 'failing', 'waiting', 'values', 'signIn']);
export type McpState = z.infer<typeof mcpStateSchema>;

export const mcpServerSchema = z.object({
  id: idSchema,
  /** The short name before its tools. */
  slug: z.string(), name: z.string(), transport: mcpTransportSchema, enabled: z.boolean(),
  /** Names of variables or headers that have no value (any more). */
  missing: z.array(z.string()),
  state: mcpStateSchema, code: z.nullable(z.string()), message: z.nullable(z.string()), retryAt: z.nullable(instantSchema),
  /** How many tools can be used, and how many wait for a look. */
  tools: z.number(), paused: z.number(),
  /** Folders that it is told about. */
  folders: z.array(z.string()),
  /** Somebody signed in; null where nobody has to. */
  signedIn: z.nullable(z.boolean()),
  createdAt: instantSchema,
});
export type McpServer = z.infer<typeof mcpServerSchema>;

/** What a tool says of itself. `hints` are the server's claims and change nothing by themselves. */
export const mcpDefinitionSchema = z.object({
  name: z.string(), title: z.string(), description: z.string(), input: z.record(z.string(), z.unknown()), output: z.nullable(z.record(z.string(), z.unknown())), hints: z.array(z.string()),
});
export type McpDefinition = z.infer<typeof mcpDefinitionSchema>;

/**
 * `ready`: as it was pinned. `changed`, `new`: paused until somebody looked at what it says now. `gone`: the server does not offer
 * it any more. `refused`: its name or size cannot be used, and `problem` says why.
 */
export const mcpToolSchema = z.object({
  id: z.string(), name: z.string(), state: z.enum(['ready', 'changed', 'new', 'gone', 'refused']), effect: z.enum(['read', 'write', 'destructive']),
  /** What agents use; null before it was looked at. */
  pinned: z.nullable(mcpDefinitionSchema),
  /** What the server says now, when that differs. */
  seen: z.nullable(mcpDefinitionSchema),
  /** Names what is seen now, so that what was looked at is what is taken. */
  hash: z.string(), problem: z.nullable(z.string()),
});
export type McpTool = z.infer<typeof mcpToolSchema>;

/** `source`: what Troupe did, what the server wrote on its error output, what it sent as a log message. */
export const mcpLogLineSchema = z.object({ at: instantSchema, source: z.enum(['troupe', 'stderr', 'server']), text: z.string() });
export type McpLogLine = z.infer<typeof mcpLogLineSchema>;

/** `milliseconds` until its tools were listed. */
export const mcpTestSchema = z.object({ ok: z.boolean(), milliseconds: z.number(), server: z.nullable(z.string()), tools: z.array(mcpToolSchema), code: z.nullable(z.string()), message: z.nullable(z.string()) });
export type McpTest = z.infer<typeof mcpTestSchema>;

/** A server as it would be added from a file. `values` are names whose values stand in the file; `wanted` names that have none yet. */
export const mcpPreviewSchema = z.object({
  key: z.string(), name: z.string(), transport: z.nullable(mcpTransportSchema), values: z.array(z.string()), wanted: z.array(z.string()),
  /** Why it cannot be added, or null. */
  problem: z.nullable(z.string()),
  /** What of it is not taken over. */
  notes: z.array(z.string()),
});
export type McpPreview = z.infer<typeof mcpPreviewSchema>;

/** Something that a bundle asks the person for. `multiple`: a value on each line. */
export const mcpBundleFieldSchema = z.object({
  key: z.string(), title: z.string(), description: z.string(), kind: z.enum(['string', 'number', 'boolean', 'directory', 'file']), required: z.boolean(), sensitive: z.boolean(), multiple: z.boolean(), default: z.nullable(z.string()),
});
export type McpBundleField = z.infer<typeof mcpBundleFieldSchema>;

/** An MCP bundle (`.mcpb`) that was read and not added: `id` is the SHA-256 of its archive, `command` how it says that it is started. */
export const mcpBundleSchema = z.object({
  id: z.string(), name: z.string(), version: z.string(), description: z.string(), author: z.string(), files: z.number(), bytes: z.number(), command: z.string(), fields: z.array(mcpBundleFieldSchema),
  /** Why it cannot be added, or null. */
  problem: z.nullable(z.string()),
});
export type McpBundle = z.infer<typeof mcpBundleSchema>;
