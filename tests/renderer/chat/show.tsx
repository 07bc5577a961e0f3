/** Renders a route of the page over a scripted core, with the real bridge in between. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { render } from '@testing-library/react';
import type { ComponentType } from 'react';
import { IntlProvider } from 'react-intl';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import { createBridge } from '../../../renderer/bridge/bridge.ts';
import { BridgeProvider, createQueryClient } from '../../../renderer/bridge/bridge-provider.tsx';
import { english } from '../../../renderer/app/messages.ts';
import { startFakeCore, type FakeWorld } from '../../support/fake-core.ts';

/** happy-dom lays nothing out and has no fonts: a virtual list needs some size to show its rows, a growing field an event to wait for. */
export function giveSizes(): void {
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(2_000);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  if (!('fonts' in document) || document.fonts === undefined) Object.defineProperty(document, 'fonts', { configurable: true, value: new EventTarget() });
}

export function show(world: FakeWorld, path: string, screens: Record<string, ComponentType>) {
  const core = startFakeCore(world);
  const bridge = createBridge(() => core.connect(), 'dev');
  const router = createMemoryRouter([...Object.entries(screens).map(([at, Component]) => ({ path: at, Component })), { path: '*', Component: () => null }], { initialEntries: [path] });
  const view = render(
    <BridgeProvider bridge={bridge} queries={createQueryClient()}>
      <IntlProvider locale="en" messages={english}>
        <MantineProvider env="test"><Notifications /><RouterProvider router={router} /></MantineProvider>
      </IntlProvider>
    </BridgeProvider>,
  );
  return {
    ...view, world, router,
    called: (procedure: string) => world.calls.filter((call) => call.procedure === procedure).map(({ input }) => input),
    end: () => { view.unmount(); bridge.client.close(); },
  };
}
