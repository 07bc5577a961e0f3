import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Vitest sees its own process only. With --coverage, Node writes what processes and threads that tests start have covered into
 * this folder as they end; scripts/check-coverage.ts puts both together.
 */
const coverThreads = path.resolve(import.meta.dirname, 'tests/support/cover-threads.ts');
const measured = !process.argv.includes('--coverage') ? {} : {
  env: { NODE_V8_COVERAGE: path.resolve(import.meta.dirname, 'coverage/processes'), NODE_OPTIONS: `--import ${pathToFileURL(coverThreads).href} --disable-warning=ExperimentalWarning` },
};

/** Much of the time goes into waiting for processes to start, so that even two cores have room for two files at once. */
const maxWorkers = Math.max(2, os.availableParallelism() - 1);

/**
 * Each project is one kind of test; `npm test` runs them in this order (scripts/test.ts). A limit of time only ends what hangs: a busy
 * machine makes a test take ten times as long.
 */
const node = { environment: 'node' as const, pool: 'forks' as const, testTimeout: 60_000, hookTimeout: 60_000, setupFiles: ['tests/support/cover-threads.ts', 'tests/support/fail-on-stray.ts', 'tests/support/property-seed.ts'], ...measured };
const ofNode = ['architecture', 'contract', 'packaging', 'sandbox', 'sdk', 'core', 'cli', 'electron-shell', 'plugins', 'migrations', 'security', 'scripts'];

export default defineConfig({
  test: {
    reporters: ['default', path.resolve(import.meta.dirname, 'scripts/test-summary.ts')],
    projects: [
      { test: { ...node, maxWorkers, name: 'node', include: ofNode.map((folder) => `tests/${folder}/**/*.test.ts`) } },
      { test: { ...node, maxWorkers, name: 'component', environment: 'happy-dom', setupFiles: [...node.setupFiles, 'tests/support/patient-queries.ts'], include: ['tests/renderer/**/*.test.{ts,tsx}'] } },
      { test: { ...node, maxWorkers, name: 'e2e', include: ['tests/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
      { test: { ...node, name: 'electron', include: ['tests/electron/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
      { test: { ...node, name: 'chaos', include: ['tests/chaos/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      reporter: ['text-summary', 'json'],
      reportsDirectory: 'coverage',
      include: ['contract', 'packaging', 'sandbox', 'sdk', 'main/core', 'main/link', 'main/cli'].map((room) => `${room}/**/*.ts`),
    },
  },
});
