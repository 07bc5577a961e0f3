/** Installing a plugin that needs another one, from the embedded catalog, beside `tar` and fsync of the same archives. */
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TroupeClient } from '../contract/link/client.ts';
import { catalogArchives, finishOperation, startBuiltCore, makeHome, removeHome, withCore } from './built-core.ts';
import { sample, spread, timed, type Figure, type Rival } from './measure.ts';

const PLUGIN = 'dev.troupe.web-research';
const NEEDS = 'dev.troupe.text-toolkit';
const TARGET = { most: 500, on: 'median' } as const;

const install = async (client: TroupeClient): Promise<void> => {
  const { operationId } = await client.call.plugins.install({ id: PLUGIN, grantAll: true });
  await finishOperation(client, operationId);
};

/** What nobody else needs goes with it. */
const uninstall = async (client: TroupeClient): Promise<void> => {
  const { operationId } = await client.call.plugins.uninstall({ id: PLUGIN });
  await finishOperation(client, operationId);
};

/** The first install of a core that has just started, in a home that is new: threads, processes and caches are all cold. */
async function cold(count: number): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const home = await makeHome();
    try {
      const core = await startBuiltCore(home);
      try {
        const client = await core.local();
        await client.call.catalog.sync({});
        samples.push(await timed(() => install(client)));
      } finally { await core.stop(); }
    } finally { await removeHome(home); }
  }
  return samples;
}

/** Unpacks with the system's tar and syncs every file and folder, which is the least that an install that survives a power loss does. */
async function plainTar(archives: readonly Buffer[]): Promise<Rival> {
  const sync = (file: string): void => { const handle = openSync(file, 'r'); try { fsyncSync(handle); } finally { closeSync(handle); } };
  const samples = await sample(20, 5_000, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-bench-tar-'));
    archives.forEach((archive, index) => {
      const into = path.join(folder, String(index));
      mkdirSync(into);
      writeFileSync(`${into}.tgz`, archive);
      execFileSync('tar', ['-xzf', `${into}.tgz`, '-C', into]);
      for (const entry of readdirSync(into, { recursive: true, withFileTypes: true })) sync(path.join(entry.parentPath, entry.name));
      sync(into);
    });
    sync(folder);
    rmSync(folder, { recursive: true });
  });
  return { name: 'tar xz and fsync', ...spread(samples) };
}

export const benchInstall = (): Promise<Figure[]> => withCore(async (core) => {
  const client = await core.local();
  await client.call.catalog.sync({});
  const rival = await plainTar(await catalogArchives(client, [PLUGIN, NEEDS]));
  await install(client);
  const warm = await sample(10, 15_000, () => install(client), () => uninstall(client));
  return [
    { name: 'install with one dependency, first of a new home', unit: 'ms', ...spread(await cold(3)), rival, target: TARGET },
    { name: 'install with one dependency, again', unit: 'ms', ...spread(warm), rival, target: TARGET },
  ];
});
