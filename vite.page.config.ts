import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the page to dist/page. Both shells serve it as it is, and put a fresh nonce where __TROUPE_NONCE__ stands. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, 'renderer'),
  base: '/',
  plugins: [react()],
  html: { cspNonce: '__TROUPE_NONCE__' },
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
