import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SettingsScreen } from '../../../renderer/features/settings/index.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { ownAgent } from '../../support/fake-builder.ts';
import { mcpServer } from '../../support/fake-mcp.ts';
import { renderPage } from '../../support/render-page.tsx';
import { giveSizes } from '../chat/show.tsx';

const show = (section: string, world = createWorld()) => renderPage({ routes: [{ path: '/settings/:section?', element: <SettingsScreen /> }], at: `/settings/${section}`, world });

describe('X8 keys', () => {
  it('shows the recovery code only when asked, and never again once it is confirmed', async () => {
    const world = createWorld();
    world.keyState = { ...world.keyState, recoveryCodePending: true };
    show('keys', world);
    const code = world.recoveryCode ?? '';
    const button = await screen.findByRole('button', { name: 'Show the code' });
    expect(world.calls.some(({ procedure }) => procedure === 'credentials.takeRecoveryCode')).toBe(false);
    fireEvent.click(button);
    await screen.findByText(code);
    const confirm = screen.getByRole<HTMLButtonElement>('button', { name: 'Never show it again' });
    expect(confirm.disabled).toBe(true);
    fireEvent.click(screen.getByRole('checkbox'));
    fireEvent.click(confirm);
    await waitFor(() => { expect(screen.queryByText(code)).toBeNull(); });
    expect(world.keyState.recoveryCodePending).toBe(false);
    // Another code, in the same session: never the one before, and only after it was asked for.
    fireEvent.click(await screen.findByRole('button', { name: 'New code' }));
    expect(world.calls.some(({ procedure }) => procedure === 'credentials.renewRecoveryCode')).toBe(false);
    fireEvent.click(await screen.findByRole('button', { name: 'Make a new code' }));
    const again = await screen.findByRole('button', { name: 'Show the code' });
    expect(screen.queryByText(code)).toBeNull();
    fireEvent.click(again);
    await screen.findByText('NEW1-CODE-NEW1-CODE-NEW1-CODE-NEW1');
    expect(screen.queryByText(code)).toBeNull();
  });

  it('replaces the key in the keychain when that is confirmed, and says why it could not', async () => {
    const world = createWorld();
    world.failures.set('credentials.rotate', { code: 'credentials/locked', message: 'The keychain is locked for the test.', retryable: true, details: {} });
    show('keys', world);
    fireEvent.click(await screen.findByRole('button', { name: 'Replace the key' }));
    const sure = await screen.findByRole('button', { name: 'Replace it' });
    expect(world.calls.some(({ procedure }) => procedure === 'credentials.rotate')).toBe(false);
    fireEvent.click(sure);
    await screen.findByText(/The keychain is locked for the test/);
    world.failures.delete('credentials.rotate');
    fireEvent.click(screen.getByRole('button', { name: 'Replace it' }));
    await screen.findByText('The keychain holds a new key.');
    await waitFor(() => { expect(screen.queryByRole('dialog')).toBeNull(); });
  });

  it('changes the passphrase after the present one, tells how good the new one is, and puts what is wrong at its field', async () => {
    const world = createWorld();
    world.keyState = { ...world.keyState, protectedBy: 'passphrase' };
    show('keys', world);
    fireEvent.click(await screen.findByRole('button', { name: 'Change the passphrase' }));
    const fill = (label: string, value: string): void => { fireEvent.change(screen.getByLabelText(label), { target: { value } }); };
    const submit = (): void => { fireEvent.click(screen.getByRole('button', { name: 'Use this passphrase' })); };
    const sent = (): unknown[] => world.calls.filter(({ procedure }) => procedure === 'credentials.protect').map(({ input }) => input);
    await screen.findByLabelText('Present passphrase');
    fill('New passphrase', 'short');
    submit();
    await screen.findByText('Use at least 8 characters.');
    await screen.findByText('Enter the passphrase that Troupe asks for now.');
    fill('New passphrase', 'aaaaaaaaaaaaaaaa');
    await screen.findByText(/^Easy to guess/);
    fill('New passphrase', 'wombat quilt radish moon');
    await screen.findByText('Hard to guess.');
    fill('The passphrase again', 'another one');
    fill('Present passphrase', 'a wrong one');
    submit();
    await screen.findByText('The two are not the same.');
    expect(sent()).toEqual([]);
    fill('The passphrase again', 'wombat quilt radish moon');
    submit();
    await screen.findByText(/not the present passphrase/);
    fill('Present passphrase', 'open sesame');
    submit();
    await screen.findByText(/asks for the new passphrase from the next start on/);
    expect(sent().at(-1)).toMatchObject({ passphrase: 'wombat quilt radish moon', current: 'open sesame' });
    await waitFor(() => { expect(screen.queryByRole('dialog')).toBeNull(); });
  });

  it('encrypts everything anew when that is confirmed, says why it could not, and shows how far it is after a reload', async () => {
    const world = createWorld();
    world.failures.set('credentials.rekey', { code: 'store/full', message: 'The disk is full for the test.', retryable: false, details: {} });
    const { unmount } = show('keys', world);
    fireEvent.click(await screen.findByRole('button', { name: 'Encrypt anew' }));
    await screen.findByText(/about a minute for each gigabyte/);
    expect(world.calls.some(({ procedure }) => procedure === 'credentials.rekey')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Encrypt anew now' }));
    await screen.findByText(/The disk is full for the test/);
    await screen.findByText('Nothing was changed: your data opens as before.');
    world.failures.delete('credentials.rekey');
    fireEvent.click(screen.getByRole('button', { name: 'Encrypt anew now' }));
    await screen.findByText('Done. Write down the new recovery code.');
    await screen.findByRole('button', { name: 'Show the code' });
    unmount();
    world.keyState = { ...world.keyState, rekeying: { step: 'copying', percent: 43 } };
    show('keys', world);
    expect((await screen.findByRole('progressbar', { name: /copying your data/ })).getAttribute('aria-valuenow')).toBe('43');
  });

  it('asks for the passphrase before it encrypts anew what is behind one', async () => {
    const world = createWorld();
    world.keyState = { ...world.keyState, protectedBy: 'passphrase' };
    show('keys', world);
    fireEvent.click(await screen.findByRole('button', { name: 'Encrypt anew' }));
    const now = await screen.findByRole<HTMLButtonElement>('button', { name: 'Encrypt anew now' });
    expect(now.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Passphrase'), { target: { value: 'wrong' } });
    fireEvent.click(now);
    await screen.findByText('This is not the passphrase of this home.');
    fireEvent.change(screen.getByLabelText('Passphrase'), { target: { value: 'open sesame' } });
    fireEvent.click(now);
    await screen.findByText('Done. Write down the new recovery code.');
  });

  it('offers no key to replace where a passphrase or nothing protects the data', async () => {
    for (const protectedBy of ['passphrase', 'none'] as const) {
      const world = createWorld();
      world.keyState = { ...world.keyState, protectedBy, encrypted: protectedBy !== 'none' };
      const { unmount } = show('keys', world);
      await screen.findByText(protectedBy === 'none' ? 'Not encrypted' : 'Encrypted with your passphrase');
      expect(screen.queryByRole('button', { name: 'Replace the key' })).toBeNull();
      unmount();
    }
  });
});

describe('X2 X11 appearance and search', () => {
  it('offers the pseudo language in developer mode alone', async () => {
    show('appearance');
    await userEvent.click(await screen.findByRole('combobox', { name: 'Language' }));
    expect(screen.queryByText('Pseudo (for testing)')).toBeNull();
  });

  it('changes the theme at once and takes it back when the core refuses', async () => {
    const world = createWorld();
    world.failures.set('settings.change', { code: 'store/full', message: 'The disk is full.', retryable: true, details: {} });
    show('appearance', world);
    const dark = await screen.findByRole<HTMLInputElement>('radio', { name: 'Dark' });
    fireEvent.click(dark);
    await screen.findByText('The disk is full.', { exact: true });
    await waitFor(() => { expect(screen.getByRole<HTMLInputElement>('radio', { name: 'System' }).checked).toBe(true); });
  });

  it('finds a setting by its words', async () => {
    const { router } = show('models');
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Search settings' }), 'dark');
    fireEvent.click(await screen.findByRole('link', { name: /Dark/ }));
    expect(router.state.location.pathname).toBe('/settings/appearance');
  });
});

describe('D7 registries', () => {
  it('syncs on request and says why one failed', async () => {
    const world = createWorld();
    world.registries = [{ id: 'company', name: 'Company', kind: 'hosted', entries: 3, sequence: 1, syncedAt: null, expiresAt: null, syncing: false, address: null, fingerprint: null, priority: 0, prefix: null, badRecords: [], error: { code: 'catalog/unavailable', message: 'Nothing answers at registry.example.' } }];
    show('registries', world);
    await screen.findByText(/Nothing answers at registry.example/);
    fireEvent.click(screen.getByRole('button', { name: 'Sync now' }));
    await waitFor(() => { expect(screen.queryByText(/Nothing answers/)).toBeNull(); });
  });

  it('shows the fingerprint to compare before it trusts a registry, and removes one after saying what stays', async () => {
    const { world } = show('registries');
    fireEvent.click(await screen.findByRole('button', { name: 'Add a registry' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Look at it' }));
    await screen.findByText('Enter the address of the registry, or pick its folder.');
    fireEvent.change(screen.getByLabelText('Address'), { target: { value: 'https://registry.example' } });
    fireEvent.change(screen.getByLabelText('May serve (optional)'), { target: { value: 'com.example' } });
    fireEvent.click(screen.getByRole('button', { name: 'Look at it' }));
    const given = await screen.findByLabelText('Fingerprint that you were given (optional)');
    expect(world.registries).toHaveLength(1);
    fireEvent.change(given, { target: { value: 'cd'.repeat(32) } });
    await screen.findByText(/It is another one/);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Trust and add' }).disabled).toBe(true);
    fireEvent.change(given, { target: { value: 'AB '.repeat(32) } });
    await screen.findByText('They are the same.');
    fireEvent.click(screen.getByRole('button', { name: 'Trust and add' }));
    await waitFor(() => { expect(world.registries.at(-1)).toMatchObject({ address: 'https://registry.example', prefix: 'com.example', priority: 100, fingerprint: 'ab'.repeat(32) }); });
    fireEvent.click(await screen.findByRole('button', { name: 'Remove registry.example' }));
    await screen.findByText(/What you installed from it stays and goes on working/);
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    await waitFor(() => { expect(world.registries).toHaveLength(1); });
  });

  it('is filled in by a link, and asked for nothing and added to nothing until the person does it', async () => {
    const world = createWorld();
    const { router } = renderPage({ routes: [{ path: '/settings/:section?', element: <SettingsScreen /> }], at: `/settings/registries?add=https%3A%2F%2Fregistry.example%2F&fingerprint=${'ab'.repeat(32)}`, world });
    await screen.findByText(/A link filled this in/);
    expect(screen.getByLabelText<HTMLInputElement>('Address').value).toBe('https://registry.example/');
    expect(world.calls.some(({ procedure }) => procedure === 'catalog.addRegistry')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Look at it' }));
    await screen.findByText(/as good as whoever gave you the link/);
    expect(world.registries).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: 'Trust and add' }));
    await waitFor(() => { expect(world.registries).toHaveLength(2); });
    expect(router.state.location.search).toBe('');
  });

  it('says that a link brought another fingerprint than the registry shows', async () => {
    renderPage({ routes: [{ path: '/settings/:section?', element: <SettingsScreen /> }], at: `/settings/registries?add=https%3A%2F%2Fregistry.example%2F&fingerprint=${'cd'.repeat(32)}`, world: createWorld() });
    fireEvent.click(await screen.findByRole('button', { name: 'Look at it' }));
    await screen.findByText(/It is another one/);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Trust and add' }).disabled).toBe(true);
  });

  it('takes a folder that was picked in the dialog, and none that the page could name', async () => {
    const { world } = show('registries');
    fireEvent.click(await screen.findByRole('button', { name: 'Add a registry' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Pick a folder' }));
    await waitFor(() => { expect(screen.getByLabelText<HTMLInputElement>('Address').value).toBe('/home/ada/Shared/registry'); });
    expect(world.calls.filter(({ procedure }) => procedure === 'catalog.addRegistry')).toEqual([]);
  });
});

describe('N1 a link that adds an MCP server', () => {
  afterEach(() => { vi.restoreAllMocks(); });
  const link = (text: string): string => `/settings/mcp?add=${encodeURIComponent(text)}`;
  const at = (address: string, world = createWorld()) => renderPage({ routes: [{ path: '/settings/:section?', element: <SettingsScreen /> }], at: address, world });

  it('fills the form in, and adds nothing until the person does it', async () => {
    giveSizes();
    const world = createWorld();
    const { router } = at(link(`troupe://mcp/add?name=Notes&command=npx&arguments=${encodeURIComponent('["-y","a-server"]')}&variables=${encodeURIComponent('["API_KEY"]')}`), world);
    await screen.findByText(/A link filled this in/);
    expect([screen.getByLabelText<HTMLInputElement>(/^Command/).value, screen.getByLabelText<HTMLTextAreaElement>(/^Arguments/).value, screen.getByLabelText<HTMLInputElement>('Name of value 1').value]).toEqual(['npx', '-y\na-server', 'API_KEY']);
    expect(world.calls.filter(({ procedure }) => procedure.startsWith('mcp.') && procedure !== 'mcp.list')).toEqual([]);
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Add a server' }));
    await waitFor(() => { expect(world.calls.filter(({ procedure }) => procedure === 'mcp.add').map(({ input }) => input)).toMatchObject([{ name: 'Notes', transport: { kind: 'stdio', command: 'npx', args: ['-y', 'a-server'], environment: ['API_KEY'] }, values: {} }]); });
    await waitFor(() => { expect(router.state.location.search).toBe(''); });
  });
  it('of a form that is none shows nothing', async () => {
    at(link('troupe://mcp/add?name=Notes'));
    await screen.findByRole('button', { name: 'Add a server' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('A9 connections of tools', () => {
  it('finds the form of the kind open that a link names, and closed after it was left', async () => {
    show('tools?connect=postgres');
    const dialog = await screen.findByRole('dialog', { name: 'Add a connection' });
    expect(await screen.findByRole('textbox', { name: 'Database' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => { expect(dialog.isConnected).toBe(false); });
  });
});

describe('A9 a connection that an agent lacks', () => {
  it('is given to it with the same step', async () => {
    giveSizes();
    const world = createWorld();
    world.ownAgents.set('own-1', ownAgent('own-1', { name: 'Scout', role: 'one who looks' }));
    show('tools?connect=webhook&for=own-1', world);
    const dialog = await screen.findByRole('dialog', { name: 'Add a connection' });
    expect((await within(dialog).findByRole<HTMLInputElement>('checkbox', { name: 'Give it to Scout at once' })).checked).toBe(true);
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Name' }), { target: { value: 'Alerts' } });
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Address' }), { target: { value: 'https://hooks.example.com' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Connect' }));
    await waitFor(() => { expect(world.tools.connections.map(({ name, agents }) => [name, agents])).toEqual([['Alerts', ['own-1']]]); });
  });
});

describe('B10 an MCP bundle', () => {
  const given = (content: string, name = 'notes.mcpb') => new File([content], name);
  const callsOf = (world: ReturnType<typeof createWorld>, procedure: string): unknown[] => world.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);

  it('is shown with what it asks for, and added with what was entered', async () => {
    giveSizes();
    const { world } = show('mcp');
    fireEvent.change(await screen.findByLabelText('Add a bundle', { selector: 'input' }), { target: { files: [given('a bundle')] } });
    const dialog = await screen.findByRole('dialog', { name: 'Add a bundle' });
    await within(dialog).findByText(/By Ada Lovelace/);
    within(dialog).getByText(/It runs with your rights/);
    const add = within(dialog).getByRole('button', { name: 'Unpack and add' });
    fireEvent.click(add);
    await within(dialog).findByText('This is needed.');
    const key = within(dialog).getByLabelText<HTMLInputElement>(/^Key/);
    expect(key.type).toBe('password');
    fireEvent.change(key, { target: { value: 'sesame' } });
    fireEvent.change(within(dialog).getByLabelText(/^Most notes/), { target: { value: 'many' } });
    await within(dialog).findByText('Enter a number, such as 20.');
    expect(callsOf(world, 'mcp.addBundle')).toEqual([]);
    fireEvent.change(within(dialog).getByLabelText(/^Most notes/), { target: { value: '7' } });
    fireEvent.click(add);
    await waitFor(() => { expect(callsOf(world, 'mcp.addBundle')).toMatchObject([{ id: 'ab'.repeat(32), name: 'Notes', values: { folders: '/home/ada/Notes', api_key: 'sesame', most: '7', archive: 'false' } }]); });
    await screen.findByRole('button', { name: 'Test Notes' });
  });

  it('that is dropped is looked at; what is none, or several, or hostile is refused with the reason', async () => {
    giveSizes();
    const { world } = show('mcp');
    await screen.findByRole('button', { name: 'Add a bundle' });
    const drop = (...files: File[]): void => { fireEvent.drop(document.body, { dataTransfer: { types: ['Files'], files } }); };
    fireEvent.dragEnter(document.body, { dataTransfer: { types: ['Files'] } });
    await screen.findByText('Drop an MCP bundle (.mcpb) to look at it');
    drop(given('x', 'letter.txt'));
    await screen.findByText(/That was not one MCP bundle/);
    drop(given('a'), given('b'));
    await screen.findByText(/That was not one MCP bundle/);
    expect(callsOf(world, 'mcp.uploadBundle')).toEqual([]);
    drop(given('hostile'));
    await screen.findByText(/leads out of its folder/);
    expect(screen.queryByRole('button', { name: 'Unpack and add' })).toBeNull();
    drop(given('windows'));
    await screen.findByText(/runs on win32 alone/);
    expect(screen.queryByRole('button', { name: 'Unpack and add' })).toBeNull();
    expect(callsOf(world, 'mcp.addBundle')).toEqual([]);
  });
});

describe('N1 folders of an MCP server', () => {
  it('are picked in the shell’s dialog and taken back at once, and are none of an address', async () => {
    giveSizes();
    const world = createWorld();
    world.mcp = [mcpServer('Files', { folders: ['/home/ada/Notes'] }), mcpServer('Far', { transport: { kind: 'http', url: 'https://mcp.example.com/v1', headers: [], privateNetwork: false } })];
    show('mcp', world);
    fireEvent.click(await screen.findByRole('button', { name: 'Change Files' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Add a folder' }));
    await screen.findByText('/home/ada/Projects/number-2');
    fireEvent.click(screen.getByRole('button', { name: 'Take back /home/ada/Notes' }));
    await waitFor(() => { expect(screen.queryByText('/home/ada/Notes')).toBeNull(); });
    expect(world.calls.filter(({ procedure }) => procedure.startsWith('mcp.') && procedure !== 'mcp.list').map(({ procedure, input }) => [procedure, input])).toMatchObject([['mcp.pickFolder', { id: 'mcp-files' }], ['mcp.removeFolder', { id: 'mcp-files', path: '/home/ada/Notes' }]]);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Change Far' }));
    await screen.findByLabelText(/It lies in my private network/);
    expect(screen.queryByRole('button', { name: 'Add a folder' })).toBeNull();
  });
});
