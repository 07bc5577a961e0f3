import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '../styles/page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openBridge } from '../bridge/bridge.ts';
import { App } from './app.tsx';
import { readNonce } from './nonce.ts';

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><App bridge={openBridge(__TROUPE_BUILD__)} nonce={readNonce()} /></StrictMode>);
