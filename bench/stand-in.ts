import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../scripts/sources.ts';

/** Runs `work` with the address of a model that answers at once, in a process of its own (bench/stand-in-model.ts). */
export async function withStandInModel<T>(work: (baseUrl: string) => Promise<T>): Promise<T> {
  const server = spawn(process.execPath, [path.join(root, 'bench/stand-in-model.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<string>((resolve) => server.stdout.once('data', (chunk) => { resolve(String(chunk).trim()); }));
    return await work(`http://127.0.0.1:${port}/v1`);
  } finally {
    server.kill();
  }
}
