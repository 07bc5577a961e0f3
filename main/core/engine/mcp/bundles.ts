import { chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { McpBundle, McpTransport } from '../../../../contract/model/mcp.ts';
import { unpackTo } from '../../../../packaging/index.ts';
import { createUploads, type UploadPart } from '../../base/uploads/index.ts';
import { BUNDLE_LIMITS, readBundle, type ReadBundle } from './bundle.ts';

/** Bundles that were looked at and may still be added. */
const REMEMBERED = 20;
/** Those of them that a page brought, whose files are kept here meanwhile. */
const MOST_BROUGHT = 3;

export interface NewServer { readonly transport: McpTransport; readonly values: Readonly<Record<string, string>> }

/** Bundles of MCP servers: looked at where they lie, unpacked below `folder` when one is added, each archive once. */
export interface Bundles {
  /** Errors: `core/bad-input`, `plugins/bad-archive`. */
  open(file: string): Promise<McpBundle>;
  /** A part of a bundle that a page was given. After the last one it was looked at, and its file is kept until it is added, others came, or Troupe ends. Errors: those of `open`. */
  bring(part: UploadPart): Promise<McpBundle | null>;
  /** How a bundle that was opened would be started. Nothing is written. Errors: `core/bad-input`, `plugins/bad-archive`. */
  preview(id: string, entered: Readonly<Record<string, string>>): Promise<NewServer>;
  /** Unpacks it and does `add`; what nobody refers to is taken away again, also when `add` fails. */
  add<T>(id: string, entered: Readonly<Record<string, string>>, add: (server: NewServer) => Promise<T>): Promise<T>;
  /** Takes away what no kept server refers to. */
  sweep(): Promise<void>;
  /** Takes away the files that pages brought. */
  clear(): Promise<void>;
}

/**
 * @param brought where files that a page brings lie until they are added
 * @param kept the transports of all servers, those included whose removal can be undone
 */
export function createBundles({ folder, brought, nextId, kept }: { folder: string; brought: string; nextId: () => string; kept: () => Promise<readonly string[]> }): Bundles {
  const opened = new Map<string, string>();
  const uploads = createUploads({ folder: brought, nextId, mostBytes: BUNDLE_LIMITS.packedBytes });
  const wasBrought = (file: string): boolean => path.dirname(file) === brought;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };

  async function read(file: string): Promise<ReadBundle> {
    const unreadable = (cause?: unknown): AppError => new AppError('core/bad-input', `${path.basename(file)} could not be read. Expected the file of an MCP bundle (.mcpb).`, { cause });
    const found = await stat(file).catch((cause: unknown) => { throw unreadable(cause); });
    if (!found.isFile()) throw unreadable();
    if (found.size > BUNDLE_LIMITS.packedBytes) throw new AppError('plugins/bad-archive', `The bundle has more than ${BUNDLE_LIMITS.packedBytes} bytes, the most that is allowed.`, { details: { reason: 'too-large' } });
    return readBundle(await readFile(file).catch((cause: unknown) => { throw unreadable(cause); }));
  }
  async function again(id: string): Promise<ReadBundle> {
    const file = opened.get(id);
    if (file === undefined) throw new AppError('core/bad-input', 'This bundle was not looked at before, or Troupe was started anew since. Pick it again.');
    const bundle = await read(file);
    if (bundle.shown.id !== id) throw new AppError('core/bad-input', 'The file of the bundle is another one than was looked at. Pick it again.');
    return bundle;
  }
  const placeOf = (id: string): string => path.join(folder, id);

  async function unpack({ files, program }: ReadBundle, to: string): Promise<void> {
    if (await stat(to).then(() => true, () => false)) return;
    const part = path.join(folder, `${nextId()}.part`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await unpackTo({ files }, part, new Set(['top-level']));
    if (program !== null) await chmod(path.join(part, ...program.split('/')), 0o755);
    await rename(part, to);
  }
  async function sweep(): Promise<void> {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return []; throw error; });
    if (names.length === 0) return;
    // A name is an id that is found nowhere else, and paths in JSON keep it as it is.
    const transports = await kept();
    for (const name of names) if (!transports.some((transport) => transport.includes(name))) await rm(path.join(folder, name), { recursive: true, force: true });
  }

  async function forget(id: string | undefined): Promise<void> {
    const file = id === undefined ? undefined : opened.get(id);
    if (id === undefined || file === undefined) return;
    opened.delete(id);
    if (wasBrought(file)) await rm(file, { force: true });
  }
  async function remember(id: string, file: string): Promise<void> {
    opened.delete(id);
    opened.set(id, file);
    if (opened.size > REMEMBERED) await forget(opened.keys().next().value);
    const ofPages = [...opened].filter(([, one]) => wasBrought(one));
    if (ofPages.length > MOST_BROUGHT) await forget(ofPages[0]?.[0]);
  }

  return {
    async open(file) {
      const { shown } = await read(file);
      await remember(shown.id, file);
      return shown;
    },
    bring: (part) => uploads.add(part, async (file) => {
      const { shown } = await read(file);
      const kept = path.join(brought, `${shown.id}.mcpb`);
      await rename(file, kept);
      await remember(shown.id, kept);
      return shown;
    }),
    preview: async (id, entered) => (await again(id)).startWith(placeOf(id), entered),
    add: (id, entered, add) => inTurn(async () => {
      const bundle = await again(id);
      const server = bundle.startWith(placeOf(id), entered);
      try {
        await unpack(bundle, placeOf(id));
        const added = await add(server);
        if (wasBrought(opened.get(id) ?? '')) await forget(id);
        return added;
      } finally {
        await sweep();
      }
    }),
    sweep: () => inTurn(sweep),
    async clear() {
      await uploads.stop();
      await rm(brought, { recursive: true, force: true });
    },
  };
}
