/**
 * What a person does with a plugin and the one that it needs, each as calls that can be repeated from the beginning: a
 * write bears the same request id every time, the way a page repeats what it got no answer to.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TroupeClient } from '../../contract/link/client.ts';
import type { InstalledPlugin } from '../../contract/model/plugin.ts';
import { archiveOf, manifestOf, testRegistry, WORKING_CODE } from '../core/plugins/registry.ts';
import { chat, followOperation, hold, type Ledger } from './work.ts';

/** From the homes of this name each killing begins. */
export type HomeName = 'fresh' | 'first' | 'second' | 'off' | 'pinned' | 'developer' | 'own' | 'chat';
type PluginJob = 'install' | 'update' | 'downgrade' | 'rollback' | 'uninstall' | 'refuse' | 'disable' | 'enable' | 'pin' | 'unpin' | 'sideload' | 'develop' | 'set';
export type Job = PluginJob | 'chat';

/** The plugin of all jobs but the chat; it needs another one of the same major version. */
const PLUGIN = 'com.acme.app';
const NEEDS = 'com.acme.base';
/** A plugin that nobody signed and no registry has, as an archive and as a folder of the same files; it needs the same one. */
const OWN = { id: 'com.own.tools', dependencies: [`${NEEDS}^1.0.0`], network: ['a.example.com'] };
const archiveIn = (folder: string): string => path.join(folder, 'plugin.troupe');
const folderIn = (folder: string): string => path.join(folder, 'plugin');
const lockfileIn = (folder: string): string => path.join(folder, 'troupe.lock.yaml');

/** Writes the archive and the folder that are side-loaded. */
export async function writeOwn(folder: string): Promise<void> {
  await mkdir(path.join(folderIn(folder), 'dist'), { recursive: true });
  for (const [name, text] of [['README.md', '# Read me'], ['LICENSE', 'MIT'], ['dist/plugin.js', WORKING_CODE], ['plugin.yaml', manifestOf(OWN)]] as const) await writeFile(path.join(folderIn(folder), name), text);
  await writeFile(archiveIn(folder), await archiveOf(OWN));
}

/** Keeps what is installed as the set that another home installs. */
export async function writeSet({ call }: TroupeClient, folder: string): Promise<void> {
  await writeFile(lockfileIn(folder), (await call.plugins.lockfile({})).text);
}

/** A registry with two versions of both; the second asks for one permission more. */
export async function publishVersions(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const registry = await testRegistry(folder);
  await registry.publish(['1.0.0', '2.0.0'].flatMap((version) => [
    { id: PLUGIN, version, dependencies: [`${NEEDS}^${version}`], network: version === '1.0.0' ? ['a.example.com'] : ['a.example.com', 'b.example.com'] },
    { id: NEEDS, version, storage: '1MiB' },
  ]));
}

export async function addRegistry({ call }: TroupeClient, folder: string): Promise<void> {
  const { fingerprint } = await call.catalog.addRegistry({ address: folder });
  await call.catalog.addRegistry({ address: folder, fingerprint });
}

interface Change {
  from: HomeName;
  /** Default: PLUGIN. */
  of?: string;
  /** Whether it has been done, by what is installed; a refusal never is. */
  done: (plugin: InstalledPlugin | undefined) => boolean;
  /** The operation's id, or null for what is done when it is answered. */
  begin: (client: TroupeClient, requestId: string, folder: string) => Promise<string | null>;
  refuses?: true;
}

const has = (version: string) => (plugin: InstalledPlugin | undefined): boolean => plugin?.version === version;
const started = async (answer: Promise<{ operationId: string }>): Promise<string> => (await answer).operationId;
const answered = async (answer: Promise<unknown>): Promise<null> => { await answer; return null; };

const CHANGES: Record<PluginJob, Change> = {
  install: { from: 'fresh', done: has('1.0.0'), begin: ({ call }, requestId) => started(call.plugins.install({ id: PLUGIN, range: '1.0.0', requestId })) },
  refuse: { from: 'fresh', done: () => false, refuses: true, begin: ({ call }, requestId) => started(call.plugins.install({ id: PLUGIN, range: '1.0.0', requestId })) },
  update: { from: 'first', done: has('2.0.0'), begin: ({ call }, requestId) => started(call.plugins.update({ id: PLUGIN, requestId })) },
  downgrade: { from: 'second', done: has('1.0.0'), begin: ({ call }, requestId) => started(call.plugins.update({ id: PLUGIN, range: '1.0.0', requestId })) },
  rollback: { from: 'second', done: has('1.0.0'), begin: ({ call }, requestId) => started(call.plugins.rollback({ id: PLUGIN, requestId })) },
  uninstall: { from: 'second', done: (plugin) => plugin === undefined, begin: ({ call }, requestId) => started(call.plugins.uninstall({ id: PLUGIN, requestId })) },
  disable: { from: 'first', done: (plugin) => plugin?.status === 'disabled', begin: ({ call }, requestId) => answered(call.plugins.setEnabled({ id: PLUGIN, enabled: false, requestId })) },
  enable: { from: 'off', done: (plugin) => plugin?.status === 'active', begin: ({ call }, requestId) => answered(call.plugins.setEnabled({ id: PLUGIN, enabled: true, requestId })) },
  pin: { from: 'first', done: (plugin) => plugin?.pinned === '1.0.0', begin: ({ call }, requestId) => answered(call.plugins.setPin({ id: PLUGIN, version: '1.0.0', requestId })) },
  unpin: { from: 'pinned', done: (plugin) => plugin?.pinned === null, begin: ({ call }, requestId) => answered(call.plugins.setPin({ id: PLUGIN, version: null, requestId })) },
  sideload: { from: 'developer', of: OWN.id, done: has('1.0.0'), begin: ({ call }, requestId, folder) => started(call.plugins.sideLoad({ path: archiveIn(folder), requestId })) },
  develop: { from: 'developer', of: OWN.id, done: has('1.0.0'), begin: ({ call }, requestId, folder) => started(call.plugins.sideLoad({ path: folderIn(folder), requestId })) },
  set: { from: 'fresh', done: has('1.0.0'), begin: async ({ call }, requestId, folder) => started(call.plugins.installSet({ lockfile: await readFile(lockfileIn(folder), 'utf8'), requestId })) },
};

export const homeOf = (job: Job): HomeName => (job === 'chat' ? 'chat' : CHANGES[job].from);

/** Switches on what unsigned plugins need. */
export const becomeDeveloper = async ({ call }: TroupeClient): Promise<void> => { await call.settings.change({ change: { developerMode: true }, requestId: 'become-developer' }); };

/** Does the job; begins anew when an operation was cut off. Rejects with `LOST…` when something acknowledged is not so. `folder` holds what `writeOwn` and `writeSet` wrote. */
export async function doJob(job: Job, client: TroupeClient, ledger: Ledger, folder: string): Promise<void> {
  if (job === 'chat') { await chat(client, ledger); return; }
  const { of = PLUGIN, done, begin, refuses = false } = CHANGES[job];
  const isDone = async (): Promise<boolean> => done((await client.call.plugins.list({})).plugins.find(({ id }) => id === of));
  for (let attempt = 1; !await isDone(); attempt += 1) {
    const requestId = `${job}-number-${attempt}`;
    const operationId = await begin(client, requestId, folder);
    if (operationId === null) {
      if (!await isDone()) throw new Error(`LOST: ${job} was said to have been done.`);
      break;
    }
    hold(ledger.answers, requestId, operationId);
    const end = await followOperation(client, ledger, operationId, !refuses);
    if (refuses && end.type === 'operation_cancelled') break;
    if (end.type === 'operation_failed' && end.error.code !== 'plugins/interrupted') throw new Error(`${job} failed: ${end.error.message}`);
    if (end.type === 'operation_finished' && !await isDone()) throw new Error(`LOST: ${job} was said to have finished.`);
  }
  // What was acknowledged stays readable after any number of restarts.
  for (const operationId of ledger.answers.values()) await followOperation(client, ledger, String(operationId), !refuses);
}
