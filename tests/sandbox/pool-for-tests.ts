import path from 'node:path';
import { findAddon, type HostCallName, type SandboxEngine, type SandboxPool, type SandboxPoolOptions, type SandboxRequest } from '../../sandbox/host/index.ts';
import { createSandboxPool } from '../../sandbox/host/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What a test of both engines is run on. */
export const ENGINES: readonly { name: SandboxEngine; options: Pick<SandboxPoolOptions, 'engine' | 'workerFile' | 'addonFile'> }[] = [
  { name: 'isolated-vm', options: { engine: 'isolated-vm', workerFile: path.join(root, 'sandbox/guest/worker.ts'), addonFile: findAddon(path.join(root, 'node_modules/isolated-vm')) ?? '' } },
  { name: 'quickjs', options: { engine: 'quickjs', workerFile: path.join(root, 'sandbox/guest/quickjs-worker.ts'), addonFile: path.join(root, 'node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm') } },
];

export const poolOptions: SandboxPoolOptions = {
  workerFile: path.join(root, 'sandbox/guest/worker.ts'),
  addonFile: findAddon(path.join(root, 'node_modules/isolated-vm')) ?? '',
  processes: 2,
};

export const makePool = (options: Partial<SandboxPoolOptions> = {}): SandboxPool => createSandboxPool({ ...poolOptions, ...options });

export type Call = (name: HostCallName, args: Record<string, unknown>, signal: AbortSignal) => unknown;

export const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A request for the tool `t` of a plugin whose only tool has `body` as the body of an async function `(input, ctx)`. */
export function toolRequest(body: string, call: Call = () => null, more: Partial<SandboxRequest> = {}): SandboxRequest {
  return {
    code: `export default { tools: { t: async (input, ctx) => { ${body} } } };`,
    entry: { kind: 'tool', tool: 't' },
    input: null,
    context: { execution: { user_id: 'user', session_id: 'session', execution_id: 'run' }, parameters: { depth: 2 }, config: { project: 'default' } },
    hostCalls: { async call(name, args, signal) { return call(name, args as Record<string, unknown>, signal); } },
    ...more,
  };
}

/** Resolves when `condition` holds; rejects after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 500) throw new Error('Waited five seconds for something that did not happen.');
    await sleep(10);
  }
}
