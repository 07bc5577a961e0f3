import { notifications } from '@mantine/notifications';
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BuilderScreen } from '../../../renderer/features/builder/index.tsx';
import { ownAgent } from '../../support/fake-builder.ts';
import { createWorld, type FakeWorld } from '../../support/fake-core.ts';
import { giveSizes, show } from '../chat/show.tsx';

let shown: ReturnType<typeof show> | undefined;
const open = (world: FakeWorld, path: string): ReturnType<typeof show> => { shown = show(world, path, { '/builder/*': BuilderScreen }); return shown; };
const withCook = (): FakeWorld => { const world = createWorld(); world.ownAgents.set('cook', ownAgent('cook', { name: 'Scout' })); return world; };

beforeEach(() => { giveSizes(); });
afterEach(() => { shown?.end(); shown = undefined; cleanup(); notifications.clean(); vi.restoreAllMocks(); });

describe('B1 B3 B4 the builder', () => {
  it('keeps what is typed by itself, mends a problem with its button, and lets it be tried and saved', async () => {
    const { world, called } = open(withCook(), '/builder/cook');
    await userEvent.click(await screen.findByRole('button', { name: /^Use the name/ }));
    await waitFor(() => { expect(called('builder.change')).toMatchObject([{ id: 'cook', revision: 1, draft: { name: 'Scout', role: 'Scout' } }]); });
    await userEvent.type(await screen.findByLabelText('Message Scout'), 'Hello{Enter}');
    expect(await screen.findByText('I am Scout. You said: Hello')).toBeTruthy();
    await userEvent.click(await screen.findByRole('button', { name: 'Save version' }));
    await waitFor(() => { expect(world.ownAgents.get('cook')?.versions).toHaveLength(1); });
    expect(await screen.findByText(/Same as version 1/)).toBeTruthy();
  });

  it('deletes an agent and takes it back', async () => {
    const { called } = open(withCook(), '/builder');
    await userEvent.click(await screen.findByRole('button', { name: 'More actions for Scout' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => { expect(called('builder.restore')).toMatchObject([{ id: 'cook' }]); });
    expect(await screen.findByRole('link', { name: 'Scout' })).toBeTruthy();
  });
});
