import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Opener } from '../../../renderer/app/frame/opener.tsx';
import { addOpening, takeLink, type Opening } from '../../../renderer/bridge/openings.ts';
import { PluginScreen } from '../../../renderer/features/marketplace/index.tsx';
import { PluginsScreen } from '../../../renderer/features/plugins/index.tsx';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';
import { startRun } from '../chat/scripted-run.ts';

const at = (world: FakeWorld, opening: Opening | string) => {
  const view = renderPage({ routes: [{ path: '/plugins', element: <div id="content"><PluginsScreen /><Opener /></div> }, { path: '/marketplace/:id', element: <div id="content"><PluginScreen /><Opener /></div> }, { path: '*', element: <Opener /> }], at: '/', world });
  addOpening(view.bridge.openings, typeof opening === 'string' ? { kind: 'link', text: opening } : opening);
  return view;
};
const writes = (world: FakeWorld): string[] => world.calls.map(({ procedure }) => procedure).filter((name) => /install|SideLoad|addRegistry|configure|grant|consent/i.test(name) && name !== 'plugins.configuration');
const where = ({ router }: ReturnType<typeof renderPage>): string => router.state.location.pathname + router.state.location.search;
const ASSISTANT = 'dev.troupe.research-assistant';
const withRegistry = (fingerprint: string): FakeWorld => {
  const world = createWorld();
  world.registries = world.registries.map((one) => ({ ...one, fingerprint }));
  return world;
};

describe('X4 what was opened from outside', () => {
  it('shows a plugin with its button, and installs nothing by itself', async () => {
    const world = createWorld();
    const view = at(world, `troupe://install/${ASSISTANT}`);
    const button = await screen.findByRole('button', { name: 'Install' });
    expect(where(view)).toBe(`/marketplace/${ASSISTANT}`);
    expect(writes(world)).toEqual([]);
    fireEvent.click(button);
    await waitFor(() => { expect(world.calls.filter(({ procedure }) => procedure === 'plugins.install').map(({ input }) => input)).toMatchObject([{ id: ASSISTANT }]); });
  });

  it('offers the version that the link names, and says when there is none', async () => {
    const world = createWorld();
    const first = at(world, `troupe://install/${ASSISTANT}@0.8.0`);
    fireEvent.click(await screen.findByRole('button', { name: 'Install 0.8.0' }));
    await waitFor(() => { expect(world.calls.filter(({ procedure }) => procedure === 'plugins.install').map(({ input }) => input)).toMatchObject([{ id: ASSISTANT, range: '0.8.0' }]); });
    first.unmount();
    at(createWorld(), `troupe://install/${ASSISTANT}@9.9.9`);
    await screen.findByText('There is no version 9.9.9 to install');
    expect(screen.getByRole('button', { name: 'Install' })).toBeTruthy();
  });

  it('offers nothing when the link is for another registry than the one that has this plugin', async () => {
    const first = at(withRegistry('ab'.repeat(32)), `troupe://install/${ASSISTANT}?registry=${'ab'.repeat(32)}`);
    await waitFor(() => { expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Install' }).disabled).toBe(false); });
    expect(screen.queryByText(/for another registry/)).toBeNull();
    first.unmount();
    at(withRegistry('ab'.repeat(32)), `troupe://install/${ASSISTANT}?registry=${'cd'.repeat(32)}`);
    await screen.findByText('The link that led here is for another registry');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Install' }).disabled).toBe(true);
    expect(screen.getByRole('link', { name: 'To the registries' })).toBeTruthy();
  });

  it('goes to the conversation of a run, and says when there is no such run', async () => {
    const world = createWorld();
    const run = startRun(world, 'talk-1', 'Hello');
    const view = at(world, `troupe://run/${run.id}`);
    await waitFor(() => { expect(where(view)).toBe('/chat/talk-1'); });
    addOpening(view.bridge.openings, { kind: 'link', text: 'troupe://run/nobody' });
    expect((await screen.findByRole('alert')).textContent).toMatch(/nobody|run/i);
    expect(where(view)).toBe('/chat/talk-1');
  });

  it.each(['troupe://approve/c1-1', 'https://example.com', 'troupe://install/..%2f..%2fsettings', 'troupe://registry/add?address=javascript:alert(1)'])('goes nowhere for %s and says why', async (link) => {
    const world = createWorld();
    const view = at(world, link);
    await screen.findByText('Nothing was installed, run or changed.');
    expect(where(view)).toBe('/');
    expect(writes(world)).toEqual([]);
  });

  it('takes an archive to where archives are side-loaded, in developer mode alone', async () => {
    const archive = (): Opening => ({ kind: 'archive', file: new File(['x'], 'own.troupe') });
    const plain = createWorld();
    const first = at(plain, archive());
    await screen.findByText('This needs developer mode');
    expect([where(first), writes(plain)]).toEqual(['/plugins', []]);
    first.unmount();
    const world = createWorld();
    world.settings = { ...world.settings, developerMode: true };
    const view = at(world, archive());
    const sure = await screen.findByRole('button', { name: 'Install, unsigned' });
    expect(writes(world)).toEqual([]);
    fireEvent.click(sure);
    await waitFor(() => { expect(writes(world)).toEqual(['plugins.uploadSideLoad']); });
    expect(view.bridge.openings.getState().waiting).toEqual([]);
  });

  it('says when an archive could not be read', async () => {
    at(createWorld(), { kind: 'unreadable', name: 'big.troupe', reason: 'too-large' });
    await screen.findByText(/big\.troupe is larger than 50 MiB/);
  });

  it('takes the link out of a browser\'s address and leaves the rest', () => {
    const seen: string[] = [];
    expect(takeLink({ pathname: '/', search: '?a=1&link=troupe%3A%2F%2Frun%2Fx', hash: '#token=t' }, (address) => { seen.push(address); })).toBe('troupe://run/x');
    expect(takeLink({ pathname: '/', search: '?a=1', hash: '' }, (address) => { seen.push(address); })).toBeNull();
    expect(seen).toEqual(['/?a=1#token=t']);
  });
});
