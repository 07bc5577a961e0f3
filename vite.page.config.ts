import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { diagramPage } from './scripts/diagram-page.ts';

/** Builds the page to dist/page. Both shells serve it as it is, and put a fresh nonce where __TROUPE_NONCE__ stands. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, 'renderer'),
  base: '/',
  plugins: [react(), { name: 'diagram-page', async generateBundle() { this.emitFile({ type: 'asset', fileName: 'diagram.html', source: await diagramPage() }); } }],
  html: { cspNonce: '__TROUPE_NONCE__' },
  // Grammars are read by the thread that colours code when they are needed, not all at its start.
  worker: { format: 'es' },
  define: { __TROUPE_BUILD__: JSON.stringify(process.env['TROUPE_BUILD'] ?? 'dev') },
  build: {
    outDir: path.resolve(import.meta.dirname, 'dist/page'),
    emptyOutDir: true,
    // No data: URLs: fonts and icons are files, so that the policy can name 'self' alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'chrome114',
    sourcemap: false,
    // The page is read from this machine's disk: one large chunk costs nothing that a user could see.
    chunkSizeWarningLimit: 2_000,
    reportCompressedSize: false,
  },
});
