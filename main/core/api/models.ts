import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import { formatModelRef } from '../../../contract/model/model-ref.ts';
import type { ModelPrice } from '../../../contract/model/price.ts';
import { EMBEDDED_PROVIDER, PRESETS, type ModelFiles, type Models } from '../engine/models/index.ts';
import { server } from './context.ts';
import type { Once } from './once.ts';
import type { FolderPicking } from './plugins.ts';

const PICK_TITLE = 'Pick a GGUF file';
const PICK_FOLDER_TITLE = 'Pick the folder that holds the GGUF file';
const TRY_MS = 280_000;

export const modelsApi = (models: Models, files: ModelFiles, { picking, once, prices }: { picking: FolderPicking; once: Once; prices: () => Promise<Record<string, ModelPrice | null>> }) => ({
  providers: server.models.providers.handler(async () => ({ providers: await models.list() })),
  list: server.models.list.handler(async () => ({ models: await models.models(), default: formatModelRef(await models.defaultModel()) })),
  prices: server.models.prices.handler(async () => ({ prices: await prices() })),
  presets: server.models.presets.handler(() => ({ presets: PRESETS.map(({ id, name, baseUrl, needsKey }) => ({ id, name, baseUrl, needsKey })) })),
  discover: server.models.discover.handler(async () => ({ servers: await models.discover() })),
  add: server.models.add.handler(({ input: { requestId, ...provider } }) => once('models.add', { requestId }, () => models.addProvider(provider))),
  change: server.models.change.handler(({ input: { requestId, id, ...change } }) => once('models.change', { requestId }, () => models.changeProvider(id, change))),
  test: server.models.test.handler(({ input }) => models.test(input.id)),
  remove: server.models.remove.handler(({ input }) => once('models.remove', input, async () => { await models.removeProvider(input.id); return {}; })),
  setLimit: server.models.setLimit.handler(({ input }) => once('models.setLimit', input, async () => { await models.setLimit(input.id, input.requestsPerMinute); return {}; })),
  setDefault: server.models.setDefault.handler(async ({ input }) => ({ default: formatModelRef(await models.setDefault(input.model)) })),
  files: server.models.files.handler(async () => {
    const chosen = await models.defaultModel();
    return files.list(chosen.provider === EMBEDDED_PROVIDER ? chosen.model : null);
  }),
  addFile: server.models.addFile.handler(({ input, context }) => {
    if (context.client === 'page') throw new AppError('permission/denied', 'A page cannot name a file itself. Use "Add a file", or the command line: troupe models add-file <file>.', { details: { permission: 'file' } });
    return once('models.addFile', input, () => files.addFile({ path: input.path, copy: input.copy, name: input.name }));
  }),
  pickFile: server.models.pickFile.handler(({ input }) => once('models.pickFile', input, async () => {
    try {
      const picked = await picking.dialog(PICK_TITLE, 'file');
      if (picked === null) throw new AppError('host/cancelled', 'No file was picked; nothing was changed.');
      return { ...await files.addFile({ path: picked, copy: input.copy }), confirmAt: null };
    } catch (error) {
      if (!hasCode(error, 'host/unavailable')) throw error;
      return { id: null, confirmAt: await picking.page(PICK_FOLDER_TITLE, 'Every .gguf file in it is added', (folder) => addAll(files, folder, input.copy)) };
    }
  })),
  download: server.models.download.handler(({ input }) => once('models.download', input, () => files.download({ address: input.address, sha256: input.sha256, name: input.name }))),
  pauseDownload: server.models.pauseDownload.handler(({ input }) => once('models.pauseDownload', input, async () => { await files.pause(input.id); return {}; })),
  resumeDownload: server.models.resumeDownload.handler(({ input }) => once('models.resumeDownload', input, async () => { await files.resume(input.id); return {}; })),
  removeFile: server.models.removeFile.handler(({ input }) => once('models.removeFile', input, async () => { await files.remove(input.id); return {}; })),
  tryFile: server.models.tryFile.handler(({ input, signal }) => files.tryOut(input.id, AbortSignal.any([AbortSignal.timeout(TRY_MS), ...(signal ? [signal] : [])]))),
});

/** The chooser in a browser picks folders: what it holds of models is taken, and a folder without any is refused there. */
async function addAll(files: ModelFiles, folder: string, copy: boolean): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.gguf$/i.test(name)).sort();
  if (names.length === 0) throw new AppError('models/bad-file', `${folder} holds no .gguf file.`);
  for (const name of names) await files.addFile({ path: path.join(folder, name), copy });
}
