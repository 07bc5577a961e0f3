/** `npm run -s troupe -- <words>`: the command line of a checkout, built when a source changed. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.ts';
import { root } from './sources.ts';

await build((line) => { process.stderr.write(`troupe: ${line}\n`); });
const child = spawn(process.execPath, [path.join(root, 'dist/core/cli.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the child by the terminal; this process only waits for its end.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => { child.kill('SIGTERM'); });
child.once('exit', (code) => { process.exitCode = code ?? 1; });
