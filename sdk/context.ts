/** JSON, which is all that crosses the sandbox's wall. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * What a call of the host rejects with. `code` is stable: `permission/denied` names a permission that the user has not
 * granted, `core/bad-input` an argument, `sandbox/too-many-calls` a limit.
 */
export interface HostError extends Error { readonly code: string }

export interface Headers extends Iterable<[string, string]> {
  append(name: string, value: string): void;
  delete(name: string): void;
  /** Values of the same name are joined by a comma. */
  get(name: string): string | null;
  getSetCookie(): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(callback: (value: string, name: string, headers: Headers) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
}

export type HeadersInit = Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

export interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  /** Strings and search parameters are sent as text, buffers as bytes; 8 MiB at most under way at once. */
  body?: string | ArrayBuffer | ArrayBufferView | { toString(): string } | null;
  /** Each hop of a redirect is checked against the plugin's network permission. Default `follow`. */
  redirect?: 'follow' | 'manual' | 'error';
}

/** An answer with its whole body in memory, 10 MiB at most. */
export interface Response {
  readonly status: number;
  readonly statusText: string;
  /** Whether `status` is 200 to 299. */
  readonly ok: boolean;
  readonly redirected: boolean;
  /** The address after redirects. */
  readonly url: string;
  readonly headers: Headers;
  readonly bodyUsed: boolean;
  text(): Promise<string>;
  json(): Promise<unknown>;
  bytes(): Promise<Uint8Array>;
  arrayBuffer(): Promise<ArrayBuffer>;
  clone(): Response;
}

export interface FileEntry { readonly name: string; readonly kind: 'file' | 'folder'; readonly size: number }

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly tool_calls?: readonly ModelToolCall[];
  readonly tool_call_id?: string;
}

export interface ModelToolCall { readonly id: string; readonly name: string; readonly arguments: unknown }

export interface ModelRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly { readonly name: string; readonly description: string; readonly input: Json }[];
  /** JSON Schema; `object` of the answer then follows it, or the call rejects. */
  readonly schema?: Json;
  readonly max_tokens?: number;
  readonly temperature?: number;
}

export interface ModelAnswer {
  readonly text: string;
  readonly tool_calls: readonly ModelToolCall[];
  readonly object: unknown;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

/** The part of the web's AbortSignal that libraries ask for. Inside a run it never fires: cancelling ends the run at once. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
  throwIfAborted(): void;
}

/**
 * What a tool may do, beside computing. Every call is asynchronous and may run side by side with others (`Promise.all`); the
 * time it takes does not count against the tool's deadline. A call without its permission rejects with `permission/denied`.
 */
export interface ToolContext {
  /** `user_id` is a random id per installation of this plugin; `session_id` the conversation; `execution_id` the run. */
  readonly execution: { readonly user_id: string; readonly session_id: string; readonly execution_id: string };
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The plugin's configuration, without its secrets. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly signal: Signal;
  /** Like the web's, with whole bodies. Needs the host in `permissions.network`. */
  fetch(url: string | { toString(): string }, init?: RequestInit): Promise<Response>;
  /**
   * A placeholder for a secret of the configuration. Put it into a header, the address or a text body of `fetch`: the value
   * is filled in outside the sandbox, for the hosts that this secret was granted for.
   */
  secret(key: string): Promise<string>;
  /** A private store of JSON values. Needs `permissions.storage`. */
  readonly storage: {
    /** null when there is none. */
    get(key: string): Promise<unknown>;
    set(key: string, value: Json): Promise<void>;
    delete(key: string): Promise<void>;
    list(prefix?: string): Promise<string[]>;
  };
  /** Files in the folders that the user picked; `key` is the one of `permissions.files`, paths are relative with `/`. */
  readonly files: {
    list(key: string, path?: string): Promise<FileEntry[]>;
    readText(key: string, path: string): Promise<string>;
    /** base64 */
    readBytes(key: string, path: string): Promise<string>;
    writeText(key: string, path: string, text: string): Promise<void>;
    remove(key: string, path: string): Promise<void>;
  };
  /** The user's own model, within the run's budget. Needs `permissions.models`. */
  readonly model: { complete(request: ModelRequest): Promise<ModelAnswer> };
  /** Tools of other plugins, named as in `permissions.tools`; depth at most 4. */
  readonly tools: { call(name: string, input: unknown): Promise<unknown> };
  readonly log: { debug(...items: unknown[]): void; info(...items: unknown[]): void; warn(...items: unknown[]): void; error(...items: unknown[]): void };
  /** `fraction` from 0 to 1. */
  progress(fraction: number, message?: string): Promise<void>;
  sleep(milliseconds: number): Promise<void>;
}
