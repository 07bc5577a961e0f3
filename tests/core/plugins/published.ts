import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { OperationEventBody } from '../../../contract/model/plugin.ts';
import type { SandboxPool } from '../../../sandbox/host/index.ts';
import type { PluginSpec, TestRegistry } from './registry.ts';
import { outcome, startSandbox, startWorld, type World } from './world.ts';

/** For a test file about what is published: one world with the real sandbox, cleared after each test. */
export function publishedWorld(): { readonly world: World; readonly sandbox: SandboxPool; /** Code that was run, from the first test on. */ readonly ran: readonly string[]; publish(...specs: PluginSpec[]): ReturnType<TestRegistry['publish']> } {
  const sandbox = startSandbox();
  let world: World;
  const ran: string[] = [];
  beforeAll(async () => { world = await startWorld({ sandbox: { run: (request) => { ran.push(request.code); return sandbox.run(request); } } }); });
  afterEach(() => world.clear());
  afterAll(async () => { await world.stop(); await sandbox.stop(); });
  return {
    get world() { return world; },
    sandbox, ran,
    async publish(...specs) {
      const records = await world.registry.publish(specs);
      await world.catalog.sync();
      return records;
    },
  };
}

/** It failed in this step with this code, and nothing of it is left. */
export async function expectRefused(world: World, events: readonly OperationEventBody[], step: string | null, code: string): Promise<Extract<OperationEventBody, { type: 'operation_failed' }>> {
  const last = outcome(events);
  expect(last).toMatchObject({ type: 'operation_failed', step, error: { code } });
  expect((await world.plugins.list()).plugins).toEqual([]);
  expect(await world.left()).toEqual({ plugins: [], blobs: [] });
  return last as Extract<OperationEventBody, { type: 'operation_failed' }>;
}
