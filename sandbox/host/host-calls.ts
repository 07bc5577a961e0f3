/** Every call a plugin can make to its host. The order is part of the protocol: sandbox/guest/boot-source.ts holds the same list. */
export const HOST_CALLS = ['fetch', 'secret', 'storage.get', 'storage.set', 'storage.delete', 'storage.list', 'files.list', 'files.readText',
  'files.readBytes', 'files.writeText', 'files.remove', 'model.complete', 'tools.call', 'progress', 'sleep'] as const;

export type HostCallName = (typeof HOST_CALLS)[number];

/**
 * What the core gives to one run. The channel says who calls: one object per run, made by the core, knows plugin, user and
 * run; nothing of that is taken from `args`. The sandbox has checked `args` for size (256 KiB), depth (64) and number of
 * values only; everything else is the core's to parse.
 *
 * Arguments and answers by name (`args` → answer):
 * - `fetch` FetchArguments → FetchAnswer
 * - `secret` { key } → string: `secretToken(key)` when the secret was granted, the raw value with the permission `secrets.read`
 * - `storage.get` { key } → value or null; `storage.set` { key, value } → null; `storage.delete` { key } → null; `storage.list` { prefix } → string[]
 * - `files.list` { key, path } → entries; `files.readText` { key, path } → string; `files.readBytes` { key, path } → string, base64;
 *   `files.writeText` { key, path, text } → null; `files.remove` { key, path } → null
 * - `model.complete` the request as the plugin wrote it → { text, tool_calls, object, usage }
 * - `tools.call` { name, input } → the tool's output
 * - `progress` { fraction, message? } → null; `sleep` { ms } → null
 */
export interface HostCalls {
  /**
   * Rejects with something that has `code` and `message`; what has no known code reaches the plugin as `core/internal`. `signal` fires when the run ends.
   * `onBytes` is to be told of a body's bytes as they come, before they are kept: it throws when bodies under way have no more room.
   */
  call(name: HostCallName, args: unknown, signal: AbortSignal, onBytes?: (bytes: number) => void): Promise<unknown>;
}

/** What `ctx.fetch` asks. A body travels beside the JSON as one opaque string, `encoding` says how to read it. */
export interface FetchArguments {
  url: string;
  method: string;
  headers: [string, string][];
  redirect: 'follow' | 'manual' | 'error';
  encoding?: 'utf8' | 'base64';
  body?: string;
}

/** What answers `fetch`. Send text as `utf8`: the guest is an interpreter, and decoding base64 costs it 0.2 s per MiB. */
export interface FetchAnswer {
  url: string;
  status: number;
  statusText: string;
  headers: [string, string][];
  redirected: boolean;
  encoding: 'utf8' | 'base64';
  body: string;
}

/** Calls that may bring 10 MiB. */
export const BRINGS_BODY: ReadonlySet<HostCallName> = new Set(['fetch', 'files.readText', 'files.readBytes']);

/** The argument that travels beside the JSON, by call. */
export const BODY_FIELD: Partial<Record<HostCallName, string>> = { fetch: 'body', 'files.writeText': 'text' };

/** The placeholder that a plugin holds in place of a secret. The core replaces it in header, query or body of a fetch to a granted host. */
export const secretToken = (key: string): string => `{{secret:${key}}}`;

/** Finds placeholders in text that a plugin sends; the first group is the key. Make a fresh one per use: it is global and keeps a position. */
export const secretTokens = (): RegExp => /\{\{secret:([A-Za-z0-9_.-]{1,128})\}\}/g;
