import { useState } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import type { Bridge } from '../bridge/bridge.ts';
import { BridgeProvider } from '../bridge/bridge-provider.tsx';
import { Appearance } from './appearance.tsx';
import { routes } from './routes.tsx';

/** The whole page: link, look and language, then the screens by address. */
export function App({ bridge, nonce }: { bridge: Bridge; nonce: string | undefined }) {
  const [router] = useState(() => createBrowserRouter(routes));
  return (
    <BridgeProvider bridge={bridge}>
      <Appearance nonce={nonce}>
        <RouterProvider router={router} />
      </Appearance>
    </BridgeProvider>
  );
}
