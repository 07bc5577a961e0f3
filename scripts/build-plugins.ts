/**
 * Turns each folder of plugins/ into the files of its archive: the source is bundled into one dist/plugin.js with no
 * imports left, everything else is taken as it lies there.
 * An earlier version is kept as what was different: plugins/<name>/before/<version>/ holds its plugin.yaml and whatever a later version
 * changed, src/plugin.ts included; what is not there is as in the newest.
 * As a script: writes dist/plugins/<id>-<version>.troupe, or checks only the plugins named as arguments.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
import { CODE_FILE, packArchive, readArchive } from '../packaging/index.ts';

const root = path.resolve(import.meta.dirname, '..');
export const PLUGINS_FOLDER = path.join(root, 'plugins');

/** What an archive takes from a plugin's folder; src/ and generated/ become dist/plugin.js. */
const TAKEN = ['plugin.yaml', 'README.md', 'CHANGELOG.md', 'LICENSE', 'agents', 'crews', 'flows', 'blueprints', 'assets'];

/** One ES module with one default export; not minified, so that people can read what they install. */
async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false, root, logLevel: 'error', publicDir: false,
    build: { write: false, minify: false, target: 'es2023', modulePreload: false, lib: { entry, formats: ['es'], fileName: 'plugin' } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error(`Bundling ${entry} gave no output.`);
  const chunks = output.output.filter((part) => part.type === 'chunk');
  const [chunk] = chunks;
  if (!chunk || chunks.length > 1 || chunk.imports.length > 0 || chunk.dynamicImports.length > 0) throw new Error(`${entry} has to become one file without imports; it became ${chunks.length} with ${chunk?.imports.join(', ') || 'none'}.`);
  return chunk.code;
}

async function take(folder: string, name: string, files: Map<string, Uint8Array>): Promise<void> {
  const file = path.join(folder, name);
  if (!existsSync(file)) return;
  const inside = await readdir(file).catch(() => undefined);
  if (!inside) files.set(name, await readFile(file));
  else for (const entry of inside) await take(folder, `${name}/${entry}`, files);
}

/** The files of one plugin's archive; `before` names an earlier version of it. */
export async function pluginFiles(folder: string, before?: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const own = before === undefined ? folder : path.join(folder, 'before', before);
  for (const name of TAKEN) await take(existsSync(path.join(own, name)) ? own : folder, name, files);
  if (before !== undefined) files.set('CHANGELOG.md', changelogUpTo(before, files.get('CHANGELOG.md')));
  const [entry] = [own, folder].map((place) => path.join(place, 'src', 'plugin.ts')).filter((file) => existsSync(file));
  if (entry !== undefined) files.set(CODE_FILE, new TextEncoder().encode(await bundle(entry)));
  return files;
}

/** A changelog as it was when a version was the newest. */
function changelogUpTo(version: string, bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const from = text.indexOf(`## ${version} (`);
  return new TextEncoder().encode(`# Changelog\n\n${from < 0 ? '' : text.slice(from)}`);
}

/** The versions before the newest that are kept of a plugin, the newest of them first. */
export async function versionsBefore(folder: string): Promise<string[]> {
  const names = await readdir(path.join(folder, 'before')).catch(() => []);
  return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

export async function pluginFolders(): Promise<string[]> {
  const entries = await readdir(PLUGINS_FOLDER, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && existsSync(path.join(PLUGINS_FOLDER, entry.name, 'plugin.yaml'))).map((entry) => path.join(PLUGINS_FOLDER, entry.name)).sort();
}

/** Every version of every first-party plugin as a packed archive, in the order of their folders, the newest first. */
export async function buildPlugins(): Promise<Uint8Array[]> {
  const archives: Uint8Array[] = [];
  for (const folder of await pluginFolders()) {
    for (const version of [undefined, ...await versionsBefore(folder)]) archives.push(await packArchive(await pluginFiles(folder, version)));
  }
  return archives;
}

if (import.meta.main) {
  const out = path.join(root, 'dist', 'plugins');
  await mkdir(out, { recursive: true });
  for (const bytes of await buildPlugins()) {
    const { manifest, notes } = await readArchive(bytes);
    const name = `${manifest.plugin.id}-${manifest.plugin.version}.troupe`;
    await writeFile(path.join(out, name), bytes);
    console.log(`${name}  ${bytes.length} bytes${notes.map((note) => `\n  ${note}`).join('')}`);
  }
}
