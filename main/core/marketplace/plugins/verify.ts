/** Whether disk, store and, where one is given, a lockfile say the same of what is installed. Changes nothing. */
import { stat } from 'node:fs/promises';
import { satisfies } from 'semver';
import type { VerifyProblem } from '../../../../contract/model/plugin.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import { blobFile } from '../catalog/index.ts';
import type { InstallTools } from './install.ts';
import { readLockfile, type Locked } from './lockfile.ts';
import type { PluginsParts } from './parts.ts';

/** Problems of the same plugin stand together, in the order of installation; those of the lockfile come last. */
export async function verify(parts: PluginsParts, tools: Pick<InstallTools, 'files' | 'archives'>, lockfile: string | undefined): Promise<{ plugins: number; problems: VerifyProblem[] }> {
  const locked = lockfile === undefined ? undefined : readLockfile(lockfile);
  const rows = await parts.store.read('installedPlugins', undefined);
  const problems: VerifyProblem[] = [];
  // One after another: each reads a whole archive into memory.
  for (const row of rows) problems.push(...await filesOf(parts, tools, row), ...dependenciesOf(row, rows));
  const loose = await tools.files.loose();
  if (loose.length > 0) problems.push({ pluginId: null, kind: 'leftover', message: `${loose.length} ${loose.length === 1 ? 'folder belongs' : 'folders belong'} to nothing that is installed.`, advice: 'Nothing runs from there. It is removed at the next start.' });
  if (locked) problems.push(...differencesOf(rows, locked));
  return { plugins: rows.length, problems };
}

const REINSTALL = 'Uninstall it, keeping its data, and install it again.';

async function filesOf({ home }: PluginsParts, { files, archives }: Pick<InstallTools, 'files' | 'archives'>, { id, version, sha512 }: InstalledRow): Promise<VerifyProblem[]> {
  const problem = (kind: VerifyProblem['kind'], message: string): VerifyProblem[] => [{ pluginId: id, kind, message: `${id} ${version}: ${message}`, advice: REINSTALL }];
  if (!await files.isThere(sha512)) return problem('files', 'its files are gone.');
  const file = blobFile(home.blobs, sha512);
  if (!await stat(file).then(() => true, () => false)) return problem('archive', 'its archive is not in the cache any more, so its files cannot be compared with it.');
  try {
    const { missing, changed, added } = await archives.compare({ file, sha512, folder: files.folder(sha512) });
    const said = [['missing', missing], ['changed', changed], ['added', added]] as const;
    const differences = said.filter(([, names]) => names.length > 0).map(([what, names]) => `${what} ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`);
    return differences.length === 0 ? [] : problem('files', `its files are not those of its archive (${differences.join('; ')}).`);
  } catch (error) {
    return problem('archive', `its archive in the cache is not whole, so its files cannot be compared with it (${error instanceof Error ? error.message : String(error)}).`);
  }
}

function dependenciesOf(row: InstalledRow, rows: readonly InstalledRow[]): VerifyProblem[] {
  return row.dependencies.flatMap(({ id, range }): VerifyProblem[] => {
    const there = rows.find((one) => one.id === id);
    if (there && satisfies(there.version, range === '' ? '*' : range)) return [];
    return [{ pluginId: row.id, kind: 'dependency', message: `${row.id} ${row.version} needs ${id} ${range}, and ${there ? `${there.version} is installed` : 'it is not installed'}.`, advice: `Install ${id} in that range.` }];
  });
}

function differencesOf(rows: readonly InstalledRow[], locked: readonly Locked[]): VerifyProblem[] {
  const said = new Map(locked.map((one) => [one.id, one]));
  const here = new Map(rows.map((row) => [row.id, row]));
  const problem = (pluginId: string, message: string, advice: string): VerifyProblem => ({ pluginId, kind: 'lockfile', message, advice });
  return [
    ...locked.flatMap(({ id, version, sha512 }) => {
      const row = here.get(id);
      if (!row) return [problem(id, `The lockfile has ${id} ${version}, which is not installed.`, `Install it: troupe install ${id}@${version}`)];
      if (row.version !== version) return [problem(id, `The lockfile has ${id} ${version}; installed is ${row.version}.`, `Change it: troupe update ${id}@${version}`)];
      return row.sha512 === sha512 ? [] : [problem(id, `${id} ${version} of the lockfile is another archive than the one that is installed.`, 'One of the two came from another registry. Find out which, before you go on.')];
    }),
    ...rows.filter(({ id }) => !said.has(id)).map(({ id, version }) => problem(id, `${id} ${version} is installed and not in the lockfile.`, 'Uninstall it, or write the lockfile anew: troupe list --lockfile')),
  ];
}
