import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import type { Alone } from './alone.ts';
import type { Measured } from './measure.ts';

/** Runs the attacks, or the one named, or every n-th, in a process of their own (measure.ts), with the guards in `off` switched off. */
export async function measureAttacks(off: readonly string[] = [], name = '', engine = 'isolated-vm', every = 1, deadlineMs = 1_000): Promise<Map<string, Measured>> {
  const { code, output, errors } = await runScript([], 'measure.ts', [off.join(','), name, engine, String(every), String(deadlineMs)]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return byName<Measured>(output);
}

/** Runs attacks without the sandbox, in a process of their own (alone.ts). `died` says that it did not come to its end. */
export async function measureAlone(where: 'kernel' | 'node', names: readonly string[] = [], flags: readonly string[] = []): Promise<{ died: boolean; alone: Map<string, Alone> }> {
  const { code, output } = await runScript(flags, 'alone.ts', [where, ...names]);
  return { died: code !== 0, alone: byName<Alone>(output) };
}

async function runScript(flags: readonly string[], file: string, args: readonly string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, ['--no-warnings', ...flags, path.join(import.meta.dirname, file), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output, errors };
}

function byName<T extends { name: string }>(output: string): Map<string, T> {
  return new Map(output.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T).map((measured) => [measured.name, measured]));
}
