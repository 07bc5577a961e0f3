import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import type { Measured } from './measure.ts';

/** Runs the attacks, or the one named, or every n-th, in a process of their own (measure.ts), with the guards in `off` switched off. */
export async function measureAttacks(off: readonly string[] = [], name = '', engine = 'isolated-vm', every = 1, deadlineMs = 1_000): Promise<Map<string, Measured>> {
  const child = spawn(process.execPath, ['--no-warnings', path.join(import.meta.dirname, 'measure.ts'), off.join(','), name, engine, String(every), String(deadlineMs)], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return new Map(output.trim().split('\n').map((line) => JSON.parse(line) as Measured).map((measured) => [measured.name, measured]));
}
