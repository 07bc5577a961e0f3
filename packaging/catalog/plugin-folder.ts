/** Plugins that an operator wants to publish: a folder of `.troupe` archives and of unpacked plugins. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors/app-error.ts';
import { catalogCategoriesSchema, catalogCollectionsSchema, catalogReviewsSchema, catalogStatsSchema, problemsOf, revokedVersionsSchema, type CatalogCategory, type CatalogCollection, type CatalogReviews, type CatalogStats, type RevokedVersion } from '../../contract/manifest/index.ts';
import { packArchive } from '../archive/pack.ts';
import { readArchive, type PluginArchive } from '../archive/read.ts';
import { readPluginFolder } from '../archive/unpack-to.ts';
import { problemOfImage } from '../images/image-rule.ts';

export interface PluginSource { file: string; archive: PluginArchive; bytes: Uint8Array }

/** What lies in the folder. A list that is not there stays as it was published. */
export interface PluginFolder { plugins: PluginSource[]; categories?: CatalogCategory[]; revoked?: RevokedVersion[]; collections?: CatalogCollection[]; stats?: CatalogStats; reviews?: CatalogReviews }

const MAX_ARCHIVE_BYTES = 64 * 1024 ** 2;

async function listOf<T>(folder: string, name: string, schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: Parameters<typeof problemsOf>[1] } } }): Promise<T | undefined> {
  const text = await readFile(path.join(folder, name), 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new AppError('core/bad-input', `${name} in ${folder} is there and cannot be read, so nothing was published. See who may read it.`, { details: { file: name }, cause });
  });
  if (text === undefined) return undefined;
  const value = jsonOf(text);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new AppError('core/bad-input', `${name} in ${folder} is of another form${value === undefined ? ': it is not JSON.' : `. ${problemsOf(value, parsed.error.issues)[0]?.message ?? ''}`} Nothing was published. The operator's guide has an example.`, { details: { file: name } });
  return parsed.data;
}

/** The value of a JSON text; undefined, which no schema takes, for what is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What would not be shown is not published: whoever made it learns of it here, and not from a page with a hole. */
function checkImages({ files, manifest }: PluginArchive): void {
  const { icon, screenshots } = manifest.plugin.assets;
  for (const [file, as] of [...(icon === undefined ? [] : [[icon, 'icon'] as const]), ...screenshots.map((one) => [one, 'screenshot'] as const)]) {
    const bytes = files.get(file);
    // One that is not there is noted when the archive is read.
    const problem = bytes && problemOfImage(bytes, as);
    if (problem !== undefined) throw new AppError('plugins/bad-archive', `${file} ${problem}. Make it smaller or leave it out of the manifest.`, { details: { reason: 'image', path: file } });
  }
}

/**
 * Reads and checks one plugin with its images: a `.troupe` archive, or a folder, which is packed first.
 * @throws AppError `plugins/bad-archive`, `plugins/bad-manifest`, with the file's name before the reason
 */
export async function readPlugin(file: string): Promise<PluginSource> {
  try {
    const found = await stat(file);
    if (found.isFile() && found.size > MAX_ARCHIVE_BYTES) throw new AppError('plugins/bad-archive', `The archive has ${found.size} bytes; at most ${MAX_ARCHIVE_BYTES} are taken.`);
    // A folder is packed and read again, so that it is judged by the very rules of an archive.
    const bytes = found.isDirectory() ? await packArchive((await readPluginFolder(file)).files) : await readFile(file);
    const archive = await readArchive(bytes);
    checkImages(archive);
    return { file, bytes, archive };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError(cause.code, `${path.basename(file)}: ${cause.message}`, { details: { ...cause.details, file }, cause });
  }
}

/**
 * Reads and checks every plugin in a folder, and `categories.json`, `collections.json`, `revoked.json`, `stats.json` and `reviews.json` beside them.
 * @throws AppError `plugins/bad-archive`, `plugins/bad-manifest`, `core/bad-input`: nothing is published then
 */
export async function readPlugins(folder: string): Promise<PluginFolder> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => { throw new AppError('core/bad-input', `The folder ${folder} cannot be read. Name the folder of the plugins or archives.`, { details: { folder }, cause }); });
  const files: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith('.troupe')) files.push(file);
    else if (entry.isDirectory() && await stat(path.join(file, 'plugin.yaml')).then((found) => found.isFile(), () => false)) files.push(file);
  }
  const plugins: PluginSource[] = [];
  for (const file of files) plugins.push(await readPlugin(file));
  const [categories, revoked, collections] = [await listOf(folder, 'categories.json', catalogCategoriesSchema), await listOf(folder, 'revoked.json', revokedVersionsSchema), await listOf(folder, 'collections.json', catalogCollectionsSchema)];
  const [stats, reviews] = [await listOf(folder, 'stats.json', catalogStatsSchema), await listOf(folder, 'reviews.json', catalogReviewsSchema)];
  return { plugins, ...(categories && { categories }), ...(revoked && { revoked }), ...(collections && { collections }), ...(stats && { stats }), ...(reviews && { reviews }) };
}
