/** One call of the contract and back, over the local socket and over the WebSocket, beside a bare echo of the same bytes. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TroupeClient } from '../contract/link/client.ts';
import { withCore } from './built-core.ts';
import { sample, spread, type Figure, type Rival } from './measure.ts';

const CALLS = 1_000;
const BUDGET_MS = 6_000;
const WARM = 100;

const ECHO = `require('node:net').createServer((socket) => {
  let text = '';
  socket.on('data', (chunk) => { text += chunk; for (let end; (end = text.indexOf('\\n')) >= 0; text = text.slice(end + 1)) socket.write(JSON.stringify(JSON.parse(text.slice(0, end))) + '\\n'); });
}).listen(process.argv[1], () => console.log('ready'));`;

/** A process that parses each line and writes it back: what any call over a socket costs at least. */
async function echo(message: unknown): Promise<Rival> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-bench-echo-'));
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\troupe-bench-${process.pid}` : path.join(folder, 'echo.sock');
  const child = spawn(process.execPath, ['-e', ECHO, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const socket = connect(address);
    let answer = (): void => undefined;
    let text = '';
    socket.on('data', (chunk) => { text += String(chunk); if (text.endsWith('\n')) { JSON.parse(text); text = ''; answer(); } });
    const call = (): Promise<void> => new Promise((resolve) => { answer = resolve; socket.write(`${JSON.stringify(message)}\n`); });
    for (let n = 0; n < WARM; n += 1) await call();
    const samples = await sample(CALLS, BUDGET_MS, call);
    socket.destroy();
    return { name: 'bare JSON echo on a socket', ...spread(samples) };
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function calls(client: TroupeClient): Promise<number[]> {
  for (let n = 0; n < WARM; n += 1) await client.call.settings.get({});
  return sample(CALLS, BUDGET_MS, () => client.call.settings.get({}));
}

export const benchCalls = (): Promise<Figure[]> => withCore(async (core) => {
  const page = core.webSocket();
  await page.call.credentials.choosePlain({});
  const rival = await echo(await page.call.settings.get({}));
  return [
    { name: 'contract call, local socket', unit: 'ms', ...spread(await calls(await core.local())), rival },
    { name: 'contract call, WebSocket', unit: 'ms', ...spread(await calls(page)), rival },
  ];
}, { serve: true });
