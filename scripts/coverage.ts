/** `npm run coverage`: the tests with every line counted, threads and child processes included, and the share per room. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './sources.ts';

const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
for (const words of [[vitest, 'run', '--project', 'node', '--project', 'component', '--coverage'], ['scripts/check-coverage.ts']]) {
  const done = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
