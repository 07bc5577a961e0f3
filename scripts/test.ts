/** `npm test` = `npm run ready` = all of CI: everything that must hold, in the order in which it fails fastest. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { missingSystemPackages } from './system-packages.ts';
import { root } from './sources.ts';

/** `needed`: nothing after it can be trusted when it fails; the other stages go on, so that one run tells everything. */
interface Stage { name: string; words: string[]; under?: string[]; needed?: true }

const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const xvfb = process.platform === 'linux' && !process.env['DISPLAY'] ? ['xvfb-run', '-a'] : [];
const stages: Stage[] = [
  { name: 'types', words: ['scripts/check-types.ts'], needed: true },
  { name: 'lint and import table', words: ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.'] },
  { name: 'build', words: ['scripts/build.ts'], needed: true },
  { name: 'unit, component, contract, architecture, migration, security', words: [vitest, 'run', '--project', 'node', '--project', 'component'] },
  { name: 'chaos: kills at named failpoints', words: [vitest, 'run', '--project', 'chaos'] },
  { name: 'end to end in Chromium', words: [vitest, 'run', '--project', 'e2e'] },
  { name: 'end to end in Electron', words: [vitest, 'run', '--project', 'electron'], under: xvfb },
];

function prepare(): void {
  const missing = missingSystemPackages();
  if (missing.length === 0) return;
  const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`test: this machine lacks ${missing.join(', ')}. Install them (on Debian: sudo ${install}) and run npm test again.\n`);
    process.exit(1);
  }
  process.stderr.write(`test: installing ${missing.join(', ')}…\n`);
  for (const command of ['apt-get update', install]) {
    const done = spawnSync('sh', ['-c', `DEBIAN_FRONTEND=noninteractive ${command} >&2`], { stdio: ['ignore', 2, 2] });
    if (done.status !== 0) { process.stderr.write(`test: "${command}" failed; the lines above say why.\n`); process.exit(1); }
  }
}

function run(stage: Stage, failures: string): Promise<boolean> {
  const [command, ...words] = [...(stage.under ?? []), process.execPath, ...stage.words];
  const child = spawn(command ?? process.execPath, words, { cwd: root, stdio: 'inherit', env: { ...process.env, TROUPE_FAILURES: failures } });
  return new Promise((resolve) => { child.once('exit', (code) => { resolve(code === 0); }); child.once('error', () => { resolve(false); }); });
}

prepare();
const folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-failures-'));
const failures = path.join(folder, 'failures.txt');
const took: string[] = [];
for (const stage of stages) {
  const started = performance.now();
  process.stdout.write(`\n── ${stage.name}\n`);
  const passed = await run(stage, failures);
  took.push(`${passed ? 'ok    ' : 'FAILED'} ${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${stage.name}`);
  if (!passed && stage.needed) break;
}
const failed = took.filter((line) => line.startsWith('FAILED')).length;
process.stdout.write(`\n${took.join('\n')}\n${took.length - failed} passed, ${failed} failed\n`);
if (existsSync(failures)) process.stdout.write(`\n${readFileSync(failures, 'utf8')}`);
rmSync(folder, { recursive: true });
process.exit(failed === 0 ? 0 : 1);
