/** Installs a plugin and what it needs, step by step; until `activate` commits, nothing of it is visible or kept. */
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { permissionsOf, type Manifest } from '../../../../contract/manifest/index.ts';
import type { ConsentItem } from '../../../../contract/model/plugin.ts';
import type { Permission } from '../../../../contract/model/permission.ts';
import { CODE_FILE, verifyStatement } from '../../../../packaging/index.ts';
import { blobFile, misfitsOf } from '../catalog/index.ts';
import type { Inspected, Taken } from './archive-protocol.ts';
import type { Archives } from './archives.ts';
import { concernedBy } from './concerned.ts';
import type { PluginFiles } from './files.ts';
import type { Lock } from './lock.ts';
import type { Manifests } from './manifests.ts';
import type { Operation } from './operation.ts';
import { isReserved, type PluginsParts } from './parts.ts';
import { ownerOf, type Owner } from './owner.ts';
import { planInstall, planSet, type PlanItem } from './plan.ts';
import { movesOf } from './preview.ts';
import { smoke } from './smoke.ts';

/** `plan` stands in place of the resolver's for one plugin. `unasked`: nobody is there to consent, so it fails where something new would have to be granted. */
export interface InstallRequest { pluginId: string; range?: string | undefined; registry?: string | undefined; grantAll: boolean; unasked?: boolean; local?: Local; plan?: (signal: AbortSignal) => Promise<PlanItem[]> }

/** A plugin that was taken from this machine into the cache; `folder` is where it is developed. */
export interface Local { taken: Taken; folder: string | null }

/** What an install works with besides the parts of the room. */
export interface InstallTools { files: PluginFiles; archives: Archives; lock: Lock; manifests: Manifests }

/** A plugin of the plan whose archive was verified and lies in the cache. */
/** `owner`: to whom its grants, secrets, folders and data belong; see owner.ts. */
interface Ready { item: PlanItem; owner: Owner; manifest: Manifest; permissions: Permission[]; granted: string[] }

/** Answers the ids that were installed. Errors are those of the steps; the caller writes the last event. */
export async function install(parts: PluginsParts, tools: InstallTools, operation: Operation, request: InstallRequest): Promise<string[]> {
  const releases: (() => void)[] = [];
  try {
    // Waiting for a person must not keep other operations waiting.
    const ready = await tools.lock(operation.signal, () => prepare(parts, tools, operation, request, releases));
    await consent(parts, tools, operation, ready, request);
    return await tools.lock(operation.signal, () => finish(parts, tools, operation, ready, request.local?.folder ?? null));
  } finally {
    for (const release of releases) release();
  }
}

async function prepare(parts: PluginsParts, tools: InstallTools, operation: Operation, request: InstallRequest, releases: (() => void)[]): Promise<Ready[]> {
  let plan: PlanItem[] = [];
  tools.archives.warm();
  await operation.run('resolve', null, async () => {
    plan = request.plan ? await request.plan(operation.signal) : request.local ? await planSet(parts, [{ id: request.pluginId, range: request.local.taken.version.version }], request.local.taken.record, operation.signal) : await planInstall(parts, { id: request.pluginId, range: request.range, registry: request.registry }, operation.signal);
    if (plan.length === 0) throw new AppError('plugins/already-installed', `${request.pluginId} is the newest version that fits here. Nothing was changed.`, { details: { id: request.pluginId } });
    return { plugins: plan.map(({ id, version, reason, replaces, registry }) => ({ id, version, reason, replaces, registry })), ...await concernedBy(parts, tools.manifests, movesOf(plan)) };
  });
  const ready: Ready[] = [];
  for (const item of plan) {
    releases.push(tools.files.hold(item.signed.sha512));
    const { registry } = item;
    // What lies on this machine is not fetched, and nobody signed it: it was read as hostile when it was taken.
    if (registry !== null) {
      await operation.run('download', item.id, (progress) => download(parts, tools.files, operation, { ...item, registry }, progress));
      await operation.run('verify', item.id, async () => verify(parts, item));
    } else if (!(await parts.store.read('keptDigests', undefined)).includes(item.signed.sha512)) {
      operation.onUndo(() => tools.files.takeBack(item.signed.sha512, blobFile(parts.home.blobs, item.signed.sha512)));
    }
    await operation.run('check', item.id, async () => {
      const { manifest, files, notes } = registry === null && request.local ? checkFits(parts, request.local.taken.inspected) : await check(parts, tools, item);
      ready.push({ item, owner: await ownerOf(parts, item), manifest, permissions: permissionsOf(manifest), granted: [] });
      return { files, notes };
    });
  }
  return ready;
}

async function download(parts: PluginsParts, files: PluginFiles, operation: Operation, { registry, signed }: PlanItem & { registry: string }, progress: (done: number, total: number | null, unit: 'bytes') => void): Promise<Record<string, unknown>> {
  const { sha512, size } = signed;
  const to = blobFile(parts.home.blobs, sha512);
  const cached = (await stat(to).catch(() => undefined))?.size === size;
  if (!cached) {
    // What the registry said is as old as its catalog; what was fetched while that was valid may still be used.
    await parts.catalog.checkFresh(registry);
    operation.onUndo(() => files.takeBack(sha512, to));
  }
  await parts.catalog.fetchBlob({ registry, sha512, size, to, signal: operation.signal, progress: (done) => { progress(done, size, 'bytes'); } });
  return { bytes: size, sha512, cached };
}

/** Who signed it, and whether it may still be installed. Size and digest were checked while it came. */
function verify(parts: PluginsParts, { id, version, record, signed }: PlanItem): Promise<Record<string, unknown>> {
  if (signed.withdrawn !== null) throw new AppError('plugins/withdrawn', `${id} ${version} was withdrawn: ${signed.withdrawn}`, { details: { id, version, reason: signed.withdrawn } });
  if (isReserved(id) && signed.signature.key_id !== parts.ownKeyId) {
    throw new AppError('plugins/bad-signature', `${id} bears a name that only Troupe's own key may sign, and another key signed it. It was not installed.`, { details: { id, version, keyId: signed.signature.key_id } });
  }
  verifyStatement({ id, version, sha512: signed.sha512, manifestSha512: signed.manifest_sha512 }, signed.signature, record.publisher.keys);
  return Promise.resolve({ sha512: signed.sha512, publisher: record.publisher.id, keyId: signed.signature.key_id });
}

/** What is inside: within the limits, and exactly what the registry signed. */
async function check(parts: PluginsParts, { archives }: InstallTools, { record, signed }: PlanItem): Promise<Inspected> {
  const inspected = await archives.inspect({ file: blobFile(parts.home.blobs, signed.sha512), record: { id: record.id, publisher: record.publisher }, version: signed });
  return checkFits(parts, inspected);
}

function checkFits(parts: PluginsParts, inspected: Inspected): Inspected {
  const { id, version, requirements } = inspected.manifest.plugin;
  const because = misfitsOf(parts.app, requirements);
  if (because.length > 0) throw new AppError('plugins/incompatible', `${id} ${version} does not suit this app. ${because.join(' ')}`, { details: { id, version, because } });
  return inspected;
}

async function consent(parts: PluginsParts, tools: InstallTools, operation: Operation, ready: readonly Ready[], { grantAll, unasked }: InstallRequest): Promise<void> {
  await operation.run('consent', null, async () => {
    const items = await Promise.all(ready.map((one) => consentItem(parts, tools, one)));
    const added = items.flatMap((item) => item.permissions.filter(({ key }) => item.added.includes(key)).map((permission) => ({ pluginId: item.pluginId, permission })));
    const keep = (granted: readonly { pluginId: string; key: string }[]): void => {
      for (const one of ready) one.granted = granted.filter(({ pluginId, key }) => pluginId === one.item.id && one.permissions.some((permission) => permission.key === key)).map(({ key }) => key);
    };
    if (unasked && added.length > 0) throw new AppError('plugins/consent-needed', 'It asks for more than it may do now, so it waits for you. The version that is installed goes on working.', { details: { added: added.map(({ permission }) => permission.key) } });
    const dangerous = added.some(({ permission }) => permission.danger === 'high');
    if (added.length === 0 || (grantAll && !dangerous)) {
      keep(added.map(({ pluginId, permission }) => ({ pluginId, key: permission.key })));
      return { asked: false, granted: added.length };
    }
    // Of what is here already only what changes is asked about.
    const answer = await operation.ask(items.filter(({ pluginId, added: own }) => own.length > 0 || ready.some(({ item }) => item.id === pluginId && item.replaces === null)));
    if (!answer.accept) throw new AppError('plugins/consent-refused', 'The permissions were refused, so nothing was installed.');
    keep(answer.granted);
    await operation.log([], { state: 'running' });
    const granted = ready.reduce((total, one) => total + one.granted.length, 0);
    return { asked: true, granted, refused: added.length - added.filter(({ pluginId, permission }) => answer.granted.some((one) => one.pluginId === pluginId && one.key === permission.key)).length };
  });
}

async function consentItem({ store }: PluginsParts, { manifests }: InstallTools, { item, owner, permissions }: Ready): Promise<ConsentItem> {
  const { id, name, tier, verified, website } = item.record.publisher;
  const before = new Set(await store.read('grantedPermissions', { pluginId: item.id, publisherId: owner.id }));
  // What the installed version asks for was answered when it came: what was refused then stays refused.
  const here = item.replaces === null ? undefined : await store.read('installedPlugin', { id: item.id });
  const manifest = here?.publisherId === owner.id ? (await manifests.of([here.sha512])).get(here.sha512) : undefined;
  for (const { key } of manifest ? permissionsOf(manifest) : []) before.add(key);
  return {
    pluginId: item.id, name: item.record.name, version: item.version, publisher: { id, name, tier, verified, website },
    permissions, added: permissions.map(({ key }) => key).filter((key) => !before.has(key)), dependency: item.reason === 'dependency' };
}

async function finish(parts: PluginsParts, tools: InstallTools, operation: Operation, ready: readonly Ready[], folder: string | null): Promise<string[]> {
  for (const { item } of ready) await operation.run('unpack', item.id, () => unpack(parts, tools, operation, item.signed.sha512));
  for (const { item, manifest } of ready) {
    await operation.run('smoke', item.id, async () => smoke(parts.sandbox, manifest, await codeIn(tools.files.folder(item.signed.sha512)), operation.id, operation.signal));
  }
  await operation.run('activate', null, async () => {
    operation.seal();
    await parts.store.write('activatePlugins', {
      operationId: operation.id, at: parts.clock.now(),
      plugins: ready.map(({ item, owner, manifest, permissions, granted }) => ({
        id: item.id, version: item.version, sha512: item.signed.sha512, size: item.signed.size, registry: item.registry, publisherId: owner.id, publisher: owner.publisher, root: owner.root, publisherKey: item.registry === null ? null : item.signed.signature.key_id, folder: item.registry === null ? folder : null,
        manifest, reason: item.reason, replaces: item.replaces, dependencies: item.dependencies.filter(({ foreign }) => foreign !== true).map(({ id, range }) => ({ id, range })),
        asked: permissions.map(({ key }) => key), granted,
      })),
    });
    operation.commit();
    return { plugins: ready.map(({ item }) => `${item.id} ${item.version}`) };
  });
  parts.changed('plugins');
  await sweep(parts, tools.files, operation);
  return ready.map(({ item }) => item.id);
}

/** What came along for another plugin is here already: only the reason why it stays changes. */
export async function keepForItself(parts: PluginsParts, operation: Operation, id: string): Promise<string[]> {
  await operation.run('activate', id, async () => {
    operation.seal();
    await parts.store.write('askForPlugin', { operationId: operation.id, id });
    operation.commit();
    return { reused: true };
  });
  parts.changed('plugins');
  return [id];
}

/** It has taken effect already: what cannot be swept now is swept at the next start. */
export async function sweep(parts: PluginsParts, files: PluginFiles, operation: Operation): Promise<void> {
  await operation.run('sweep', null, async () => {
    try {
      return { removed: await files.sweep() };
    } catch (error) {
      parts.log?.warn({ operationId: operation.id, error: String(error) }, 'what is not needed any more could not be removed');
      return { removed: 0 };
    }
  });
}

/** A folder that a row names or a run uses is whole; any other is what a crash left. */
export async function unpack({ store, home }: PluginsParts, { files, archives }: Pick<InstallTools, 'files' | 'archives'>, operation: Operation, sha512: string): Promise<Record<string, unknown>> {
  const folder = files.folder(sha512);
  const named = (await store.read('keptDigests', undefined)).includes(sha512);
  // An earlier release of the app knows nothing of versions that are kept for a rollback, and sweeps them.
  if (await files.isThere(sha512) && (named || files.isPinned(sha512))) return { reused: true };
  await rm(folder, { recursive: true, force: true });
  operation.onUndo(() => files.takeBack(sha512, folder));
  await archives.unpack({ file: blobFile(home.blobs, sha512), sha512, folder });
  return { reused: false };
}

/** The plugin's code as it was unpacked; null for a plugin of documents only. */
export async function codeIn(folder: string): Promise<string | null> {
  try {
    return await readFile(path.join(folder, ...CODE_FILE.split('/')), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
