import { defineConfig } from 'vitest/config';

/** Each project is one kind of test; `npm test` runs them in this order (scripts/test.ts). */
const node = { environment: 'node' as const, pool: 'forks' as const, testTimeout: 20_000, hookTimeout: 30_000, setupFiles: ['tests/support/fail-on-stray.ts'] };
const ofNode = ['architecture', 'contract', 'packaging', 'sandbox', 'sdk', 'core', 'cli', 'electron-shell', 'plugins', 'migrations', 'security', 'scripts'];

export default defineConfig({
  test: {
    projects: [
      { test: { ...node, name: 'node', include: ofNode.map((folder) => `tests/${folder}/**/*.test.ts`) } },
      { test: { ...node, name: 'component', environment: 'happy-dom', include: ['tests/renderer/**/*.test.{ts,tsx}'] } },
      { test: { ...node, name: 'e2e', include: ['tests/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
      { test: { ...node, name: 'electron', include: ['tests/electron/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
      { test: { ...node, name: 'chaos', include: ['tests/chaos/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
      include: ['contract/**', 'packaging/**', 'sandbox/**', 'sdk/**', 'main/core/**'],
    },
  },
});
