/** Brings the version before back, whole: code, configuration and grants. Its files were kept; nothing is asked for that was not granted before. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { PreviousRow } from '../../base/store/index.ts';
import { blobFile, misfitsOf } from '../catalog/index.ts';
import { withdrawalsOf } from './checks.ts';
import { concernedBy, refuseMisfits } from './concerned.ts';
import { codeIn, sweep, unpack, type InstallTools } from './install.ts';
import type { Operation } from './operation.ts';
import type { PluginsParts } from './parts.ts';
import { returningOf, type Returning } from './preview.ts';
import { smoke } from './smoke.ts';

/** Answers the ids that went back. The same operation's other replacements go back along, since the version before needs them. */
export async function rollBack(parts: PluginsParts, tools: InstallTools, operation: Operation, id: string): Promise<string[]> {
  const releases: (() => void)[] = [];
  try {
    return await tools.lock(operation.signal, () => bringBack(parts, tools, operation, id, releases));
  } finally {
    for (const release of releases) release();
  }
}

async function bringBack(parts: PluginsParts, tools: InstallTools, operation: Operation, id: string, releases: (() => void)[]): Promise<string[]> {
  let returning: Returning[] = [];
  await operation.run('resolve', null, async () => {
    returning = returningOf(await parts.store.read('rollbackOf', { id }));
    const concerned = await concernedBy(parts, tools.manifests, returning.map(({ move }) => move));
    // The transaction decides; here it is known before anything is fetched or tried.
    refuseMisfits(concerned);
    return { plugins: returning.map(({ row }) => ({ id: row.id, version: row.version, replaces: row.installed })), ...concerned };
  });
  for (const { row, manifest } of returning) {
    releases.push(tools.files.hold(row.sha512));
    await operation.run('check', row.id, () => check(parts, row, manifest));
    await operation.run('unpack', row.id, () => restoreFiles(parts, tools, operation, row));
  }
  for (const { row, manifest } of returning) {
    await operation.run('smoke', row.id, async () => smoke(parts.sandbox, manifest, await codeIn(tools.files.folder(row.sha512)), operation.id, operation.signal));
  }
  await operation.run('activate', null, async () => {
    operation.seal();
    await parts.store.write('rollBackPlugins', { operationId: operation.id, at: parts.clock.now(), id, expected: returning.map(({ row }) => ({ id: row.id, sha512: row.sha512 })) });
    operation.commit();
    return { plugins: returning.map(({ row }) => `${row.id} ${row.version}`) };
  });
  parts.changed('plugins');
  await sweep(parts, tools.files, operation);
  return returning.map(({ row }) => row.id);
}

/** It was checked when it came; what may have changed since is what its registry says of it, and this app. */
async function check(parts: PluginsParts, row: PreviousRow, manifest: Manifest): Promise<Record<string, unknown>> {
  const reason = (await withdrawalsOf(parts, [row])).get(row.sha512)?.reason;
  if (reason !== undefined) throw new AppError('plugins/withdrawn', `${row.id} ${row.version} was withdrawn: ${reason} The version that is installed stays.`, { details: { id: row.id, version: row.version, reason } });
  const because = misfitsOf(parts.app, manifest.plugin.requirements);
  if (because.length > 0) throw new AppError('plugins/incompatible', `${row.id} ${row.version} does not suit this app any more. ${because.join(' ')}`, { details: { id: row.id, version: row.version, because } });
  return { version: row.version };
}

/** The folder is kept as long as it can be gone back to; where it is gone all the same, it comes from the cache or its registry. */
async function restoreFiles(parts: PluginsParts, tools: InstallTools, operation: Operation, { sha512, size, registry }: PreviousRow): Promise<Record<string, unknown>> {
  const isThere = await tools.files.isThere(sha512);
  if (!isThere && registry !== null) await parts.catalog.fetchBlob({ registry, sha512, size, to: blobFile(parts.home.blobs, sha512), signal: operation.signal });
  return unpack(parts, tools, operation, sha512);
}
