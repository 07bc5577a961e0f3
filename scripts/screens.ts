/** `npm run screens [-- WORD…]`: takes a picture of every state whose name has one of the words, judged as the tests judge it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.ts';
import { root } from './sources.ts';

const words = process.argv.slice(2);
const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
await build((line) => { process.stderr.write(`troupe: ${line}\n`); });
const child = spawn(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'e2e', '--reporter', 'verbose', 'tests/e2e/states.test.ts', ...(words.length === 0 ? [] : ['-t', `every state.*(${escaped.join('|')})`])], { cwd: root, stdio: 'inherit' });
child.once('exit', (code) => {
  process.stderr.write(`troupe: the pictures are in ${path.join('tests', 'e2e', 'screens')}\n`);
  process.exitCode = code ?? 1;
});
