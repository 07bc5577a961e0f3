/** The one file that speaks through the SDK's client. It is loaded with the first server that is used, since loading takes a while. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { JsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolResultSchema, ElicitRequestSchema, ErrorCode, ListRootsRequestSchema, ListToolsResultSchema, LoggingMessageNotificationSchema, McpError, ToolListChangedNotificationSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import type { BoundedLog } from './bounded-log.ts';
import type { OfferedTool } from './definition.ts';
import { CALL_MS, CONNECT_MS, LONGEST_CALL_MS, MOST_TOOL_PAGES, MOST_TOOLS } from './limits.ts';
import { createPatience, tooLate } from './patience.ts';

/** What a server asks the person for: a message, and a flat schema of what to fill in. */
export interface McpQuestion { readonly message: string; readonly schema: Readonly<Record<string, unknown>> }
export type McpAnswer = { readonly action: 'accept'; readonly content: Readonly<Record<string, unknown>> } | { readonly action: 'decline' | 'cancel' };

export interface SessionOptions {
  readonly transport: Transport;
  readonly version: string;
  readonly log: BoundedLog;
  /** Folders that the person granted; absolute paths. */
  readonly folders: () => readonly string[];
  readonly ask: (question: McpQuestion, signal: AbortSignal) => Promise<McpAnswer>;
  readonly toolsChanged: () => void;
  readonly closed: () => void;
  readonly signal: AbortSignal;
}

export interface CallOptions { readonly signal: AbortSignal; readonly progress: (fraction: number, message: string) => void }

/** One life of a connection. */
export interface Session {
  readonly server: string;
  tools(signal: AbortSignal): Promise<readonly OfferedTool[]>;
  call(name: string, input: Readonly<Record<string, unknown>>, options: CallOptions): Promise<CallToolResult>;
  /** Tells the server that its folders are others now; it asks for them when it wants to know. */
  rootsChanged(): Promise<void>;
  close(): Promise<void>;
}

/** The longest that a timer can run, for the SDK's own: it knows nothing of questions to the person. */
const NEVER_MS = 2 ** 31 - 1;

/** Says of every value that it fits: results are checked in the thread for schemas, where a hostile one cannot stall the core. */
const TRUSTING = { getValidator: <T>(): JsonSchemaValidator<T> => (input) => ({ valid: true as const, data: input as T, errorMessage: undefined }) };

/**
 * Connects and agrees on the protocol. Sampling is not offered, so a server that asks for it is refused by the protocol's own words.
 * @throws AppError `mcp/unavailable`, `mcp/bad-answer`; what the transport throws
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { transport, log } = options;
  const client = new Client({ name: 'Troupe', version: options.version }, { capabilities: { roots: { listChanged: true }, elicitation: { form: {} } }, jsonSchemaValidator: TRUSTING });
  const patience = createPatience(CALL_MS);
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: options.folders().map((folder) => ({ uri: pathToFileURL(folder).href, name: path.basename(folder) })) }));
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal }) => {
    if (params.mode === 'url') throw new McpError(ErrorCode.InvalidParams, 'Troupe opens no addresses for a server. Ask for values instead.');
    // The server waits for the person then, not the person for the server.
    const answer = await patience.paused(() => options.ask({ message: params.message, schema: params.requestedSchema }, withdrawnWith(signal)));
    return answer.action === 'accept' ? { action: 'accept', content: answer.content as Record<string, string | number | boolean | string[]> } : { action: answer.action };
  });
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => { log.add('server', `${params.level}: ${typeof params.data === 'string' ? params.data : JSON.stringify(params.data)}`); });
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => { options.toolsChanged(); });
  client.onclose = options.closed;
  // Stray messages and lost streams; what matters to a call reaches the call.
  client.onerror = (error) => { log.add('troupe', error.message); };
  try {
    await client.connect(transport, { timeout: CONNECT_MS, signal: options.signal });
  } catch (error) {
    await client.close();
    throw readable(error);
  }
  const about = client.getServerVersion();
  log.add('troupe', `Connected to ${about?.name ?? 'a server without a name'} ${about?.version ?? ''}.`);
  return {
    server: `${about?.title ?? about?.name ?? ''} ${about?.version ?? ''}`.trim().slice(0, 120),
    async tools(signal) {
      if (!client.getServerCapabilities()?.tools) return [];
      const all: OfferedTool[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MOST_TOOL_PAGES; page += 1) {
        // Not `listTools`: it would compile every schema.
        const answer = await client.request({ method: 'tools/list', params: cursor === undefined ? {} : { cursor } }, ListToolsResultSchema, { timeout: CONNECT_MS, signal }).catch((error: unknown) => { throw readable(error); });
        all.push(...answer.tools as OfferedTool[]);
        cursor = answer.nextCursor;
        if (cursor === undefined || all.length >= MOST_TOOLS) break;
      }
      if (cursor !== undefined) log.add('troupe', `It offers more tools than the ${MOST_TOOLS} that can be used; the rest was left out.`);
      return all.slice(0, MOST_TOOLS);
    },
    async call(name, input, { signal, progress }) {
      const wait = patience.begin();
      try {
        return await client.request({ method: 'tools/call', params: { name, arguments: { ...input } } }, CallToolResultSchema, {
          signal: AbortSignal.any([signal, wait.signal]), timeout: NEVER_MS, maxTotalTimeout: LONGEST_CALL_MS, resetTimeoutOnProgress: true,
          onprogress: (told) => { wait.again(); progress(told.total !== undefined && told.total > 0 ? Math.min(1, Math.max(0, told.progress / told.total)) : 0, (told.message ?? '').slice(0, 200)); },
        });
      } catch (error) {
        throw signal.aborted ? signal.reason : wait.signal.aborted ? wait.signal.reason : readable(error);
      } finally {
        wait.end();
      }
    },
    async rootsChanged() { await client.sendRootsListChanged(); },
    close: () => client.close(),
  };
}

/** Aborted with the connection, or when the server cancels what it asked, for a reason that can be told to the person. */
function withdrawnWith(signal: AbortSignal): AbortSignal {
  const withdrawn = new AbortController();
  const abort = (): void => { withdrawn.abort(new AppError('mcp/unavailable', 'The MCP server ended, or took its question back, before it was answered. Nothing was sent to it.')); };
  if (signal.aborted) abort(); else signal.addEventListener('abort', abort, { once: true });
  return withdrawn.signal;
}

/** The SDK's errors in our words. */
function readable(error: unknown): unknown {
  if (error instanceof AppError || hasCode(error, 'core/offline', 'core/unreachable')) return error;
  if (error instanceof McpError) {
    if (error.code === ErrorCode.ConnectionClosed) return new AppError('mcp/unavailable', 'The MCP server ended its connection before it answered. Its log may say why; it is started again with the next call.', { cause: error });
    if (error.code === ErrorCode.RequestTimeout) return tooLate(error);
    return new AppError('mcp/bad-answer', `The MCP server refused: ${error.message.replace(/^MCP error -?\d+: /, '').slice(0, 500)}`, { cause: error });
  }
  return new AppError('mcp/bad-answer', `The MCP server could not be understood: ${(error instanceof Error ? error.message : String(error)).slice(0, 300)}`, { cause: error });
}
