/** MCP servers for tests: the room on a fresh home, the official example servers, and small ones written here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { McpTransport } from '../../../contract/model/mcp.ts';
import { createMcp, type Mcp, type McpCall, type McpOptions, type McpSecrets, type UsableTool } from '../../../main/core/engine/mcp/index.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

const require = createRequire(import.meta.url);
/** The file of an official example server. */
export const exampleServer = (name: 'everything' | 'filesystem' | 'memory'): string => path.join(path.dirname(require.resolve(`@modelcontextprotocol/server-${name}/package.json`)), 'dist/index.js');

export const program = (file: string, ...args: string[]): McpTransport & { kind: 'stdio' } => ({ kind: 'stdio', command: process.execPath, args: [file, ...args], environment: [] });

/** Secrets in memory. */
export function memorySecrets(): McpSecrets & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    set: (id, _label, value) => { values.set(id, value); return Promise.resolve(); },
    async withSecret(id, use) {
      const value = values.get(id);
      if (value === undefined) throw new AppError('credentials/not-found', 'Not entered.');
      return use(value);
    },
    deleteSecret: (id) => { values.delete(id); return Promise.resolve(); },
    secretIds: (prefix) => Promise.resolve([...values.keys()].filter((id) => id.startsWith(prefix))),
  };
}

export interface Workbench {
  readonly mcp: Mcp;
  readonly store: TestStore;
  readonly folder: string;
  readonly secrets: ReturnType<typeof memorySecrets>;
  /** A server's program, written for this test; `body` runs with `send(message)` and `on(message => …)` at hand. */
  script(name: string, body: string): Promise<string>;
  /** The tool of that name, of the only server that has it. */
  tool(name: string): Promise<UsableTool>;
  close(): Promise<void>;
}

/** Speaks JSON-RPC over lines: answers `initialize`, then does what `tools()` and `call()` say. */
const PRELUDE = `
import { createInterface } from 'node:readline';
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
let handle = () => undefined;
const on = (use) => { handle = use; };
let tools = () => [{ name: 'one', description: 'The first.', inputSchema: { type: 'object' } }];
let call = () => ({ content: [{ type: 'text', text: 'done' }] });
createInterface({ input: process.stdin }).on('line', async (line) => {
  const message = JSON.parse(line);
  if (message.method === 'initialize') send({ id: message.id, result: { protocolVersion: message.params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'script', version: '1' } } });
  else if (message.method === 'tools/list') send({ id: message.id, result: { tools: tools() } });
  else if (message.method === 'tools/call') { const result = await call(message.params, message); if (result !== undefined) send({ id: message.id, result }); }
  else handle(message);
});
`;

export async function openWorkbench(options: Partial<McpOptions> = {}): Promise<Workbench> {
  const [store, folder, secrets] = [await openTestStore(), await mkdtemp(path.join(os.tmpdir(), 'troupe-mcp-')), memorySecrets()];
  let id = 0;
  const mcp = createMcp({
    store: store.store, secrets, network: { offline: () => false }, clock: { now: Date.now }, ids: { next: () => `id${id += 1}` }, changed: () => undefined, clean: (text) => text, folder: path.join(folder, 'programs'), bundles: path.join(folder, 'bundles'), broughtBundles: path.join(folder, 'brought'), version: '1.2.3', home: path.join(folder, 'home'), ...options,
  });
  return {
    mcp, store, folder, secrets,
    async script(name, body) {
      const file = path.join(folder, `${name}.mjs`);
      await writeFile(file, PRELUDE + body);
      return file;
    },
    async tool(name) {
      const found = (await mcp.usable()).find(({ definition }) => definition.name === name);
      if (!found) throw new Error(`There is no tool ${name}: ${(await mcp.usable()).map((tool) => tool.id).join(', ')}`);
      return found;
    },
    async close() {
      await mcp.stop();
      await store.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A call with nobody to ask, unless `over` says otherwise. */
export const aCall = (over: Partial<McpCall> = {}): McpCall => ({ signal: new AbortController().signal, progress: () => undefined, ask: () => Promise.resolve({ action: 'decline' }), run: 'run', ...over });
