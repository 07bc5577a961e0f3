/** Renders a part of the page over a scripted core, at an address, with everything that a screen expects above it. */
import { MantineProvider } from '@mantine/core';
import { cleanup, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { createMemoryRouter, RouterProvider, type RouteObject } from 'react-router';
import { afterEach } from 'vitest';
import { messagesFor } from '../../renderer/app/messages.ts';
import { createBridge } from '../../renderer/bridge/bridge.ts';
import { BridgeProvider } from '../../renderer/bridge/bridge-provider.tsx';
import { theme, variables } from '../../renderer/styles/theme.ts';
import { createWorld, startFakeCore, type FakeWorld } from './fake-core.ts';

const open: (() => void)[] = [];
afterEach(() => { cleanup(); for (const close of open.splice(0)) close(); });

/** `routes` get the whole router; `node` alone stands at every address. */
export function renderPage({ node, routes, at = '/', world = createWorld() }: { node?: ReactNode; routes?: RouteObject[]; at?: string; world?: FakeWorld }) {
  const core = startFakeCore(world);
  const bridge = createBridge(core.connect, 'dev');
  const router = createMemoryRouter(routes ?? [{ path: '*', element: node }], { initialEntries: [at] });
  open.push(() => { bridge.client.close(); core.drop(); });
  const view = render(
    <BridgeProvider bridge={bridge}>
      <MantineProvider theme={{ ...theme, components: {} }} cssVariablesResolver={variables} env="test">
        <IntlProvider locale="en" messages={messagesFor('en')}><RouterProvider router={router} /></IntlProvider>
      </MantineProvider>
    </BridgeProvider>,
  );
  return { ...view, world, core, bridge, router };
}
