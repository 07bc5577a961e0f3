/** Memory of each process when nothing happens, beside a Node process that does nothing. Linux only; elsewhere no figures. */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { finishOperation, finishRun, withCore } from './built-core.ts';
import { childrenOf, residentMiB, sample, spread, type Figure, type Rival } from './measure.ts';

const LOOKS = 5;
const SETTLE_MS = 3_000;

const look = async (read: () => number): Promise<number[]> => {
  const seen: number[] = [];
  await sample(LOOKS, 10_000, () => { seen.push(read()); }, () => wait(200));
  return seen;
};

async function bareNode(): Promise<Rival> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  try {
    await wait(500);
    return { name: 'a Node process that does nothing', ...spread(await look(() => residentMiB(child.pid ?? 0))) };
  } finally {
    child.kill();
  }
}

export async function benchMemory(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  const rival = await bareNode();
  return withCore(async (core) => {
    await wait(SETTLE_MS);
    const atRest = spread(await look(() => residentMiB(core.pid)));
    const client = await core.local();
    const { operationId } = await client.call.plugins.install({ id: 'dev.troupe.text-toolkit', grantAll: true });
    await finishOperation(client, operationId);
    for (let n = 0; n < 20; n += 1) await finishRun(client, (await client.call.runs.start({ pluginId: 'dev.troupe.text-toolkit', target: 'word_count', input: { text: 'one two three' } })).runId);
    await wait(SETTLE_MS);
    const workers = childrenOf(core.pid);
    const worker = spread((await Promise.all(workers.map((pid) => look(() => residentMiB(pid))))).flat());
    return [
      { name: 'memory of the core at rest, after its start', unit: 'MiB', ...atRest, rival, target: { most: 150, on: 'median' } },
      { name: 'memory of the core at rest, after an install and 20 runs', unit: 'MiB', ...spread(await look(() => residentMiB(core.pid))), rival, target: { most: 150, on: 'median' } },
      { name: `memory of a sandbox process at rest (${workers.length} there are)`, unit: 'MiB', ...worker, rival },
    ] satisfies Figure[];
  });
}
