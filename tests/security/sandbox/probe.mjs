// Started with exactly the flags of a sandbox process, drops what the worker drops, then tries what a plugin that broke out would.
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import fs from 'node:fs';
import inspector from 'node:inspector';
import net from 'node:net';
import { Worker } from 'node:worker_threads';

const [, , readable, writable, port, drop] = process.argv;
if (drop === 'drop') { process.permission.drop('addon'); process.permission.drop('fs.read'); }
const results = {};
const attempt = async (name, action) => {
  try { await action(); results[name] = 'allowed'; } catch (error) { results[name] = error.code ?? error.name; }
};
await attempt('read a file', () => fs.readFileSync(readable));
await attempt('read its own source', () => fs.readFileSync(process.argv[1]));
await attempt('list a folder', () => fs.readdirSync('/'));
await attempt('write a file', () => fs.writeFileSync(writable, 'x'));
await attempt('start a process', () => childProcess.execFileSync(process.execPath, ['--version']));
await attempt('start a thread', () => new Promise((resolve, reject) => new Worker('1', { eval: true }).once('exit', resolve).once('error', reject)));
await attempt('load an addon', () => process.dlopen({ exports: {} }, readable));
await attempt('connect', () => new Promise((resolve, reject) => net.connect(Number(port), '127.0.0.1').once('connect', resolve).once('error', reject)));
await attempt('listen', () => new Promise((resolve, reject) => {
  process.once('uncaughtException', reject); // Node throws this refusal where nobody can catch it
  net.createServer().once('error', reject).listen(0, '127.0.0.1', resolve);
}));
await attempt('send a datagram', () => new Promise((resolve, reject) => { const socket = dgram.createSocket('udp4'); socket.once('error', reject); socket.send('x', Number(port), '127.0.0.1', (error) => (error ? reject(error) : resolve())); }));
await attempt('fetch', () => fetch(`http://127.0.0.1:${port}/`).catch((error) => { throw error.cause ?? error; }));
await attempt('look up a name', () => dns.lookup('localhost'));
await attempt('open the inspector', () => { inspector.open(0, '127.0.0.1'); if (inspector.url() === undefined) throw Object.assign(new Error(), { code: 'ERR_NOT_OPEN' }); });
results.environment = Object.keys(process.env).length;
results.webAssembly = typeof WebAssembly;
process.stdout.write(JSON.stringify(results), () => process.exit(0));
