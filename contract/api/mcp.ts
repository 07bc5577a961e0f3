import * as z from 'zod/mini';
import { idSchema } from '../model/ids.ts';
import { mcpBundleSchema, mcpLogLineSchema, mcpNameSchema, mcpPreviewSchema, mcpServerSchema, mcpTestSchema, mcpToolSchema, mcpTransportSchema, mcpValuesSchema } from '../model/mcp.ts';
import { read, write } from './procedure.ts';

const errors = ['mcp/not-found'] as const;
const changeErrors = ['mcp/not-found', 'mcp/not-confirmed', 'core/bad-input', 'credentials/no-store'] as const;
/** `server` null: nothing was changed yet, and the person confirms it at `confirmAt`, a page of the core's own. */
const confirmed = z.object({ server: z.nullable(mcpServerSchema), confirmAt: z.nullable(z.string()) });
const text = z.string().check(z.minLength(1), z.maxLength(256 * 1024));
const folderPath = z.string().check(z.minLength(1), z.maxLength(4096));
/** A program runs with the person's rights, so the shell asks about it; that takes as long as the person takes. */
const asks = { timeoutMs: 10 * 60_000, errors: changeErrors };

/** Servers of the Model Context Protocol: programs of this machine, or addresses. */
export const mcp = {
  list: read('/mcp/servers', {}, z.object({ servers: z.array(mcpServerSchema) })),
  /** Adds a server; one that is a program is confirmed by the person outside the page first. Nothing is started. */
  add: write('POST /mcp/servers', { name: mcpNameSchema, transport: mcpTransportSchema, values: z._default(mcpValuesSchema, {}) }, confirmed, asks),
  /** What is left out stays. A value that is not named stays; names that the transport no longer has lose theirs. */
  update: write('PATCH /mcp/servers/{id}', { id: idSchema, name: z.optional(mcpNameSchema), transport: z.optional(mcpTransportSchema), values: z._default(mcpValuesSchema, {}) }, confirmed, asks),
  /** The person picks a folder that a program is told of (a root of the protocol), in a dialog of the shell, in the browser shell at `confirmAt`. */
  pickFolder: write('POST /mcp/servers/{id}/folders/pick', { id: idSchema }, confirmed, { timeoutMs: 600_000, errors: ['mcp/not-found', 'core/bad-input', 'permission/denied', 'host/unavailable', 'host/cancelled'] }),
  /** The same for the command line, whose person names the folder; a page is refused. */
  addFolder: write('PUT /mcp/servers/{id}/folders', { id: idSchema, path: folderPath }, mcpServerSchema, { errors: ['mcp/not-found', 'core/bad-input', 'permission/denied'] }),
  /** It is not told of that folder any more. */
  removeFolder: write('POST /mcp/servers/{id}/folders/remove', { id: idSchema, path: folderPath }, mcpServerSchema, { errors }),
  setEnabled: write('PUT /mcp/servers/{id}/enabled', { id: idSchema, enabled: z.boolean() }, mcpServerSchema, { errors }),
  /** Stops it and takes it from the list; `restore` brings it back. */
  remove: write('DELETE /mcp/servers/{id}', { id: idSchema }, z.object({}), { errors }),
  restore: write('POST /mcp/servers/{id}/restore', { id: idSchema }, mcpServerSchema, { errors }),
  /** Starts or reaches it now and lists its tools. The tools of a first test are pinned as they are. */
  test: write('POST /mcp/servers/{id}/test', { id: idSchema }, mcpTestSchema, { timeoutMs: 120_000, errors }),
  tools: read('/mcp/servers/{id}/tools', { id: idSchema }, z.object({ tools: z.array(mcpToolSchema) }), { errors }),
  /** What the person says that a tool does; the server's own hints are not believed. */
  setEffect: write('PUT /mcp/servers/{id}/tools/effect', { id: idSchema, tool: z.string().check(z.maxLength(128)), effect: z.enum(['read', 'write', 'destructive']) }, mcpToolSchema, { errors: ['mcp/not-found', 'tools/not-found'] }),
  /** Somebody looked at what a tool says now: it is pinned anew. `hash` names what was looked at. */
  acceptTool: write('POST /mcp/servers/{id}/tools/accept', { id: idSchema, tool: z.string().check(z.maxLength(128)), hash: z.string().check(z.maxLength(64)) }, mcpToolSchema, { errors: ['mcp/not-found', 'tools/not-found', 'mcp/tool-paused'] }),
  /** Begins a sign-in. The person goes on at `signInAt`, in their browser; null when the shell opened it, or nothing was to do. Its end is told as a change. */
  signIn: write('POST /mcp/servers/{id}/sign-in', { id: idSchema }, z.object({ signInAt: z.nullable(z.string()) }), { timeoutMs: 120_000, errors: ['mcp/not-found', 'mcp/bad-answer', 'mcp/unavailable', 'permission/denied'] }),
  /** Forgets the tokens that are kept here. */
  signOut: write('DELETE /mcp/servers/{id}/sign-in', { id: idSchema }, mcpServerSchema, { errors }),
  log: read('/mcp/servers/{id}/log', { id: idSchema }, z.object({ lines: z.array(mcpLogLineSchema) }), { errors }),
  /** What a file of `mcpServers` would add. Nothing is kept or started; its text may hold secrets and is therefore no address. */
  previewImport: write('POST /mcp/import/preview', { text }, z.object({ servers: z.array(mcpPreviewSchema) }), { errors: ['core/bad-input'] }),
  /** Looks at a bundle (`.mcpb`) of this machine, for the command line: a page names no paths, and is refused. */
  openBundle: write('POST /mcp/bundles/open', { path: z.string().check(z.minLength(1), z.maxLength(4096)) }, z.object({ bundle: mcpBundleSchema }), { timeoutMs: 60_000, errors: ['core/bad-input', 'permission/denied', 'plugins/bad-archive'] }),
  /** The same for a page, with a bundle that it was given: in parts, one after another from `offset` 0; the answer to the last has what was looked at. One bundle at a time; another one takes its place. */
  uploadBundle: write('POST /mcp/bundles/upload', { upload: idSchema, offset: z.int().check(z.nonnegative()), base64: z.string().check(z.maxLength(700_000)), last: z.boolean() }, z.object({ bundle: z.nullable(mcpBundleSchema) }), { timeoutMs: 60_000, errors: ['core/bad-input', 'plugins/bad-archive'] }),
  /** Unpacks a bundle that was looked at and adds its server, which the person confirms first, as with `add`. Nothing is started. `values`: by the keys of its fields. */
  addBundle: write('POST /mcp/bundles', { id: z.string().check(z.regex(/^[0-9a-f]{64}$/)), name: mcpNameSchema, values: z._default(z.record(z.string().check(z.maxLength(100)), z.string().check(z.maxLength(8192))), {}) }, confirmed,
    { timeoutMs: 10 * 60_000, errors: ['mcp/not-confirmed', 'core/bad-input', 'credentials/no-store', 'plugins/bad-archive'] }),
  /** Adds those servers of the file that `keys` names, after the person confirmed the programs among them. */
  import: write('POST /mcp/import', { text, keys: z.array(z.string().check(z.maxLength(200))).check(z.minLength(1), z.maxLength(50)) }, z.object({ servers: z.array(mcpServerSchema), confirmAt: z.nullable(z.string()) }), asks),
};
