/** Installed plugins as the engine needs them to run their code. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import { effectiveValues, storedValues, type Configurations } from './configuration.ts';
import type { PluginFiles } from './files.ts';
import type { Manifests } from './manifests.ts';
import type { PluginsParts } from './parts.ts';

/** One installed version. It stays what it is when the plugin is updated meanwhile, as long as its digest is pinned. */
export interface InstalledCode {
  readonly pluginId: string;
  readonly version: string;
  readonly sha512: string;
  readonly publisherId: string;
  readonly manifest: Manifest;
  readonly status: 'active' | 'disabled';
  /** It came from this machine, signed by nobody. */
  readonly sideLoaded: boolean;
  /** Keys of the permissions that the person granted and the manifest asks for. */
  readonly grants: ReadonlySet<string>;
  /** Values of the configuration, defaults filled in, secrets left out. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A file of the archive by its path in it. @throws AppError `plugins/bad-archive` when there is no such file */
  readFile(path: string): Promise<Uint8Array>;
}

export interface PluginSource {
  get(pluginId: string): Promise<InstalledCode | undefined>;
  list(): Promise<readonly InstalledCode[]>;
  /** The folder that the person picked for a key, or undefined when none was. `path` is absolute. */
  folder(pluginId: string, key: string): Promise<{ readonly path: string; readonly access: 'read' | 'write' } | undefined>;
  /** Keys of the required configuration that has nothing yet, secrets and folders included. */
  missingConfiguration(pluginId: string): Promise<readonly string[]>;
  /** Keeps the unpacked files of a digest while a run uses them; call what it answers when done. */
  pin(sha512: string): () => void;
}

export function createPluginSource({ store }: PluginsParts, files: PluginFiles, manifests: Manifests, configurations: Configurations): PluginSource {
  const codes = async (rows: readonly InstalledRow[]): Promise<InstalledCode[]> => {
    const known = await manifests.of(rows.map(({ sha512 }) => sha512));
    return rows.flatMap((row) => {
      const manifest = known.get(row.sha512);
      return manifest ? [codeOf(row, manifest, files.folder(row.sha512))] : [];
    });
  };
  return {
    async get(pluginId) {
      const row = await store.read('installedPlugin', { id: pluginId });
      return row && (await codes([row]))[0];
    },
    list: async () => codes(await store.read('installedPlugins', undefined)),
    async folder(pluginId, key) {
      const found = (await store.read('grantedFolders', { pluginId })).find((folder) => folder.key === key);
      return found && { path: found.path, access: found.access };
    },
    async missingConfiguration(pluginId) {
      const row = await store.read('installedPlugin', { id: pluginId });
      const manifest = row && (await manifests.of([row.sha512])).get(row.sha512);
      return row && manifest ? configurations.missing({ row, manifest }) : [];
    },
    pin: (sha512) => files.pin(sha512),
  };
}

function codeOf(row: InstalledRow, manifest: Manifest, folder: string): InstalledCode {
  return {
    pluginId: row.id, version: row.version, sha512: row.sha512, publisherId: row.publisherId, manifest, status: row.status, sideLoaded: row.sideLoaded === 1, grants: new Set(row.grants),
    config: effectiveValues(manifest, storedValues(row)),
    async readFile(name) {
      const file = path.join(folder, ...name.split('/'));
      try {
        if (path.relative(folder, file).startsWith('..')) throw new RangeError('The path leads out of the plugin.');
        return await readFile(file);
      } catch (cause) {
        throw new AppError('plugins/bad-archive', `${row.id} ${row.version} has no file ${name}. Uninstall it and install it again.`, { details: { id: row.id, file: name }, cause });
      }
    },
  };
}
