/** The scripted core's models that run on this machine. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import type { ModelFile } from '../../contract/model/model-file.ts';
import type { FakeWorld } from './fake-world.ts';

const GIB = 1024 ** 3;

/** A model as the page sees it: ready, of usual size, unless told otherwise. */
export const makeModelFile = (id: string, change: Partial<ModelFile> = {}): ModelFile => ({
  id, name: 'Meadow 8B Instruct Q4_K_M', state: 'ready', bytes: 4.9 * GIB, received: 4.9 * GIB, linked: false, address: 'https://models.example.com/meadow-8b.Q4_K_M.gguf', sha256: null, error: null, addedAt: 1_700_000_000_000, loaded: false, isDefault: false,
  details: { architecture: 'llama', parameters: 8_030_000_000, quantisation: 'Q4_K_M', trainedContext: 131_072, tools: true, contextLength: 8_192, memory: { weights: 4.9 * GIB, cache: 1 * GIB, work: 0.3 * GIB, total: 6.2 * GIB }, fits: true }, ...change,
});

type Implementer = ReturnType<typeof implement<Contract>>;

export function modelFileProcedures(os: Implementer, world: FakeWorld) {
  const change = (id: string, part: Partial<ModelFile>): void => {
    if (!world.modelFiles.some((file) => file.id === id)) throw new AppError('models/not-found', 'There is no such model.');
    world.modelFiles = world.modelFiles.map((file) => (file.id === id ? { ...file, ...part } : file));
    world.changed('models');
  };
  const add = (file: ModelFile): { id: string } => {
    world.modelFiles = [...world.modelFiles, file];
    world.changed('models');
    return { id: file.id };
  };
  return {
    files: os.models.files.handler(() => ({ files: world.modelFiles, engine: world.modelEngine })),
    addFile: os.models.addFile.handler(() => { throw new AppError('permission/denied', 'Pages may not name a file.'); }),
    pickFile: os.models.pickFile.handler(({ input }) => (world.confirmAt !== null ? { id: null, confirmAt: world.confirmAt } : { ...add(makeModelFile(`picked-${world.modelFiles.length}`, { name: 'Brook 3B Q8_0', linked: !input.copy, address: null })), confirmAt: null })),
    download: os.models.download.handler(({ input }) => {
      if (!input.address.startsWith('https://')) throw new AppError('core/bad-input', 'Expected an address that begins with https://.');
      return add(makeModelFile(`download-${world.modelFiles.length}`, { name: input.address.split('/').at(-1) ?? '', state: 'downloading', received: 0, details: null, address: input.address, sha256: input.sha256 ?? null }));
    }),
    pauseDownload: os.models.pauseDownload.handler(({ input }) => { change(input.id, { state: 'paused' }); return {}; }),
    resumeDownload: os.models.resumeDownload.handler(({ input }) => { change(input.id, { state: 'downloading', error: null }); return {}; }),
    removeFile: os.models.removeFile.handler(({ input }) => { change(input.id, {}); world.modelFiles = world.modelFiles.filter((file) => file.id !== input.id); world.changed('models'); return {}; }),
    tryFile: os.models.tryFile.handler(({ input }) => { change(input.id, { loaded: true }); return { text: 'Hello, good to see you.', tokens: 7, loadMs: 1_840, firstTokenMs: 210, tokensPerSecond: 11.4 }; }),
  };
}
