import { describe, expect, it, vi } from 'vitest';
import { createBridge } from '../../../renderer/bridge/bridge.ts';
import { followLog } from '../../../renderer/bridge/use-logged.ts';
import { createWorld, startFakeCore } from '../../support/fake-core.ts';

describe('the link of the page', () => {
  it('repeats a write over a lost connection under the same request id', async () => {
    const core = startFakeCore();
    const bridge = createBridge(core.connect, 'dev');
    core.world.delays.set('settings.change', 60);
    const change = bridge.client.call.settings.change({ change: { theme: 'dark' } });
    await vi.waitFor(() => { expect(core.world.calls.some(({ procedure }) => procedure === 'settings.change')).toBe(true); });
    core.drop();
    core.world.delays.clear();
    await expect(change).resolves.toMatchObject({ theme: 'dark' });
    const ids = core.world.calls.filter(({ procedure }) => procedure === 'settings.change').map(({ input }) => input['requestId']);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(core.connections()).toBe(2);
    bridge.client.close();
  });

  it('follows a log without a gap or a double row when the connection breaks', async () => {
    const world = createWorld();
    world.consent = null;
    world.stepMs = 15;
    const core = startFakeCore(world);
    const bridge = createBridge(core.connect, 'dev');
    const { operationId } = await bridge.client.call.plugins.install({ id: 'dev.troupe.research-assistant' });
    const seen: number[] = [];
    let cut = false;
    await followLog(bridge.client, 'operation', { operationId }, (rows) => {
      seen.push(...rows.map(({ seq }) => seq));
      if (seen.length > 4 && !cut) { cut = true; setTimeout(() => { core.drop(); }, 1); }
    }, { signal: new AbortController().signal });
    const all = world.operations.get(operationId)?.log.rows().map(({ seq }) => seq);
    expect(cut).toBe(true);
    expect(seen).toEqual(all);
    bridge.client.close();
  });

  it('says that the core is of another build', async () => {
    const core = startFakeCore(createWorld(), { build: 'newer' });
    const bridge = createBridge(core.connect, 'dev');
    await expect(bridge.client.call.settings.get({})).rejects.toMatchObject({ code: 'core/other-build' });
    expect(bridge.status.getState().otherBuild).toBe(true);
    bridge.client.close();
  });

  it('brings errors back with their code', async () => {
    const core = startFakeCore();
    const bridge = createBridge(core.connect, 'dev');
    await expect(bridge.client.call.catalog.get({ id: 'com.nobody.nothing' })).rejects.toMatchObject({ code: 'catalog/not-found' });
    bridge.client.close();
  });
});
