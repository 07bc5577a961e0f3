import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { PluginScreen } from '../../../renderer/features/marketplace/index.tsx';
import { changesOf, problemOf } from '../../../renderer/lib/configuration-draft.ts';
import { entry, everyEntry } from '../../support/fake-configuration.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { renderPage } from '../../support/render-page.tsx';

const ID = 'dev.troupe.spreadsheet-analyst';
const SECRET = 'sk-typed-in-the-page-77';

function show(change: (world: FakeWorld) => void = () => undefined) {
  const world = createWorld();
  const here = world.installed.get(ID);
  if (here) world.installed.set(ID, { ...here, configuration: everyEntry, missing: ['api_key', 'endpoint'] });
  change(world);
  return renderPage({ routes: [{ path: '/marketplace/:id', element: <main id="content"><PluginScreen /></main> }], at: `/marketplace/${ID}?tab=configuration`, world });
}
const sent = (world: FakeWorld, procedure: string) => world.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);
const field = (name: RegExp | string): HTMLElement => screen.getByLabelText(name);

describe('I8 the configuration form', () => {
  it('is made from the entries: each type, its default, its example, what is required', async () => {
    show();
    expect(await screen.findByText('Still missing: API key, Address of the service.')).toBeTruthy();
    expect(field(/^API key/).getAttribute('type')).toBe('password');
    expect(field(/^Address of the service/).getAttribute('placeholder')).toBe('For example https://api.example.com/v1');
    expect(field(/^Most results/).getAttribute('placeholder')).toBe('Default: 20');
    expect(screen.getByRole('switch', { name: /Read drafts too/ })).toBeTruthy();
    expect(screen.getByText('The language of the answers.')).toBeTruthy();
    expect(screen.getByText('Folder with tables')).toBeTruthy();
  });

  it('checks a field when it is left, and all before anything is sent', async () => {
    const { world } = show();
    await screen.findByText(/Still missing/);
    await userEvent.type(field(/^Address of the service/), 'api.example.com');
    expect(screen.queryByText(/Enter a whole address/)).toBeNull();
    await userEvent.tab();
    expect(await screen.findByText(/Enter a whole address/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Save and check' }));
    expect(await screen.findByText('This is needed.')).toBeTruthy();
    expect(sent(world, 'plugins.configure')).toEqual([]);
    await userEvent.clear(field(/^Address of the service/));
    await userEvent.type(field(/^Address of the service/), 'https://user:pw@api.example.com');
    await userEvent.tab();
    expect(await screen.findByText(/must not hold a user name or password/)).toBeTruthy();
  });

  it('takes hosts of the person\'s own, several with commas, and no addresses with paths', async () => {
    const { world } = show((here) => { here.configurations.set(ID, { values: { endpoint: 'https://a.example' }, secrets: new Set(['api_key']) }); });
    await screen.findByText('Stored');
    const hosts = field(/^Hosts of your own/);
    expect(hosts.getAttribute('placeholder')).toBe('For example api.example.com');
    await userEvent.type(hosts, 'https://api.example.com/v1');
    await userEvent.tab();
    expect(await screen.findByText(/^Enter hosts such as/)).toBeTruthy();
    await userEvent.clear(hosts);
    await userEvent.type(hosts, '*.example.org, http://localhost:8080');
    await userEvent.click(screen.getByRole('button', { name: 'Save and check' }));
    await waitFor(() => { expect(sent(world, 'plugins.configure')).toMatchObject([{ set: { own_hosts: '*.example.org, http://localhost:8080' } }]); });
  });

  it('saves what changed, lets the plugin check it, and forgets the secret', async () => {
    const { world, container, bridge } = show();
    await screen.findByText(/Still missing/);
    await userEvent.type(field(/^API key/), SECRET);
    await userEvent.type(field(/^Address of the service/), 'https://api.example.com');
    await userEvent.type(field(/^Most results/), '7,5');
    await userEvent.click(screen.getByRole('switch', { name: /Read drafts too/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save and check' }));
    expect(await screen.findByText('The plugin says that this works.')).toBeTruthy();
    expect(screen.getByText('Signed in as ada@example.com.')).toBeTruthy();
    expect(sent(world, 'plugins.configure')).toMatchObject([{ set: { endpoint: 'https://api.example.com', limit: 7.5, include_drafts: true }, reset: [], secrets: { api_key: SECRET } }]);
    expect(sent(world, 'plugins.checkCredentials')).toHaveLength(1);
    expect(await screen.findByText('Stored')).toBeTruthy();
    expect(container.ownerDocument.documentElement.outerHTML).not.toContain(SECRET);
    expect([...container.ownerDocument.querySelectorAll('input')].some(({ value }) => value.includes(SECRET))).toBe(false);
    expect(JSON.stringify([bridge.status.getState(), { ...localStorage }, { ...sessionStorage }])).not.toContain(SECRET);
    expect(screen.queryByText(/Still missing/)).toBeNull();
  });

  it('shows of a stored secret only that it is there; it is replaced or removed', async () => {
    const { world } = show((here) => { here.configurations.set(ID, { values: { endpoint: 'https://a.example' }, secrets: new Set(['api_key']) }); });
    await userEvent.click(await screen.findByRole('button', { name: 'Replace the secret API key' }));
    expect((field(/^API key/) as HTMLInputElement).value).toBe('');
    await userEvent.click(screen.getByRole('button', { name: 'Keep what is stored' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Remove the secret API key…' }));
    expect(sent(world, 'plugins.configure')).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Remove now: the secret API key' }));
    await waitFor(() => { expect(sent(world, 'plugins.configure')).toMatchObject([{ secrets: { api_key: null } }]); });
    expect(await screen.findByText('Still missing: API key.')).toBeTruthy();
  });

  it('goes back to a default', async () => {
    const { world } = show((here) => { here.configurations.set(ID, { values: { endpoint: 'https://a.example', limit: 50 }, secrets: new Set(['api_key']) }); });
    await screen.findByText('Stored');
    expect((field(/^Most results/) as HTMLInputElement).value).toBe('50');
    await userEvent.click(screen.getByRole('button', { name: /Back to the default \(20\)/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save and check' }));
    await waitFor(() => { expect(sent(world, 'plugins.configure')).toMatchObject([{ set: {}, reset: ['limit'] }]); });
  });

  it('X5 keeps what was typed when the core refuses, and says why', async () => {
    show((here) => { here.failures.set('plugins.configure', { code: 'plugins/bad-configuration', message: 'The configuration was not changed.', retryable: false, details: { problems: [{ key: 'endpoint', problem: 'address' }] } }); });
    await screen.findByText(/Still missing/);
    await userEvent.type(field(/^API key/), SECRET);
    await userEvent.type(field(/^Address of the service/), 'https://api.example.com');
    await userEvent.click(screen.getByRole('button', { name: 'Save and check' }));
    const alert = await screen.findByText('Nothing was changed. What you entered is still here.');
    expect(within(alert.closest('[role=alert]') as HTMLElement).getByText('The configuration was not changed.')).toBeTruthy();
    expect(await screen.findByText(/Enter a whole address/)).toBeTruthy();
    expect((field(/^Address of the service/) as HTMLInputElement).value).toBe('https://api.example.com');
  });

  it('says what the plugin itself finds wrong', async () => {
    show((here) => {
      here.configurations.set(ID, { values: { endpoint: 'https://a.example' }, secrets: new Set(['api_key']) });
      here.check = { credentials: { state: 'failed', message: '<b>401</b>' }, health: { state: 'none', message: null } };
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Check' }));
    expect(await screen.findByText('The plugin says that this does not work.')).toBeTruthy();
    expect(screen.getByText('<b>401</b>')).toBeTruthy();
  });
});

describe('a draft', () => {
  const of = (type: string, change = {}) => ({ ...entry('k', type, change), value: null, isSet: false });
  it('becomes values of their types; what was emptied goes back', () => {
    expect(changesOf([of('number')], new Map([['k', ' 1,5 ']]))).toEqual({ set: { k: 1.5 }, reset: [], secrets: {} });
    expect(changesOf([of('boolean')], new Map([['k', false]]))).toEqual({ set: { k: false }, reset: [], secrets: {} });
    expect(changesOf([{ ...of('string'), value: 'old' }], new Map([['k', '  ']]))).toEqual({ set: {}, reset: ['k'], secrets: {} });
    expect(changesOf([{ ...of('string'), value: 'old' }], new Map([['k', 'old']]))).toEqual({ set: {}, reset: [], secrets: {} });
    expect(changesOf([of('secret')], new Map([['k', '']]))).toEqual({ set: {}, reset: [], secrets: {} });
  });
  it('is wrong where something needed has nothing, and not where a default holds', () => {
    expect(problemOf(of('string', { required: true }), new Map())).toBe('configuration.problem.missing');
    expect(problemOf({ ...of('string', { required: true, default: 'x' }), isSet: true }, new Map([['k', null]]))).toBeNull();
    expect(problemOf({ ...of('secret', { required: true }), isSet: true }, new Map([['k', '']]))).toBe('configuration.problem.missing');
    expect(problemOf(of('number'), new Map([['k', '1e999']]))).toBe('configuration.problem.number');
    expect(problemOf(of('folder', { required: true }), new Map())).toBeNull();
  });
});
