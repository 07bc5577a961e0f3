import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { failpoint, meterLoop, parseFailpoint } from '../../../main/core/base/observe/index.ts';

const observe = path.resolve(import.meta.dirname, '../../../main/core/base/failpoints/failpoints.ts');

describe('the loop meter', () => {
  it('tells of a main thread that stood still, and is silent otherwise', async () => {
    const stalls: number[] = [];
    const meter = meterLoop({ onStall: (stall) => { stalls.push(stall.milliseconds); }, limit: 150, interval: 60 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = stalls.length;
    const until = performance.now() + 300;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 200));
    meter.stop();
    expect(stalls.length).toBeGreaterThan(before);
    expect(Math.max(...stalls)).toBeGreaterThan(200);
    expect(meter.figures().worst).toBeGreaterThan(200);
  });
});

describe('failpoints', () => {
  const run = (lines: string): { signal: NodeJS.Signals | null; status: number | null; stderr: string; stdout: string } =>
    spawnSync(process.execPath, ['--input-type=module', '-e', `import { enableFailpoints, failpoint } from ${JSON.stringify(observe)};\n${lines}`], { encoding: 'utf8' });

  it('kill the process at the n-th hit and say so first', () => {
    const done = run(`enableFailpoints({ name: 'install.activate', hit: 2 }); failpoint('other'); failpoint('install.activate'); process.stdout.write('one\\n'); failpoint('install.activate'); process.stdout.write('two\\n');`);
    expect(done.signal).toBe('SIGKILL');
    expect(done.stderr).toBe('failpoint reached install.activate\n');
    expect(done.stdout).toBe('one\n');
  });

  it('do nothing unless armed', () => {
    expect(run(`failpoint('install.activate'); process.stdout.write('alive');`)).toMatchObject({ status: 0, stdout: 'alive', stderr: '' });
    expect(() => { failpoint('install.activate'); }).not.toThrow();
  });

  it('are read from the command line', () => {
    expect(parseFailpoint('install.activate')).toEqual({ name: 'install.activate', hit: 1 });
    expect(parseFailpoint('install/swap:3')).toEqual({ name: 'install/swap', hit: 3 });
    for (const wrong of ['', ':2', 'a:0', 'A', 'a b', 'a:b']) expect(parseFailpoint(wrong)).toBeUndefined();
  });
});
