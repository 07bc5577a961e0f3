import * as z from 'zod/mini';
import type { Store } from '../../../base/store/index.ts';
import type { GgufDetails } from './gguf.ts';

/** A model file as it is kept. `path` is where the person has it: that of a linked file, or the one a copy is made from. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly state: 'ready' | 'downloading' | 'paused' | 'failed';
  readonly path: string | null;
  readonly linked: boolean;
  readonly address: string | null;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly validator: string | null;
  readonly details: GgufDetails | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly addedAt: number;
}

/** What model files need of the store. */
export interface FilesStore {
  files(): Promise<StoredFile[]>;
  put(file: StoredFile): Promise<void>;
  /** Replaces what is kept of a file; nothing happens when it is gone. */
  update(file: StoredFile): Promise<void>;
  /** With the default, when it is this one. */
  drop(id: string): Promise<void>;
}

const count = z.number();
const detailsSchema = z.object({
  name: z.nullable(z.string()), architecture: z.string(), parameters: count, quantisation: z.string(), contextLength: z.nullable(count), layers: count, kvHeads: count, keyLength: count, valueLength: count, bytes: count,
  hasTemplate: z.boolean(), templateTools: z.boolean(),
});
const errorSchema = z.object({ code: z.string(), message: z.string() });
const keptSchema = z.object({ details: z.catch(z.nullable(detailsSchema), null), error: z.catch(z.nullable(errorSchema), null), validator: z.catch(z.nullable(z.string()), null) });

/** The view of the store that model files have. */
export function filesStore(store: Pick<Store, 'read' | 'write'>): FilesStore {
  const row = ({ details, error, validator, linked, ...file }: StoredFile) => ({ ...file, linked: linked ? 1 : 0, kept: JSON.stringify({ details, error, validator }) });
  return {
    files: async () => (await store.read('modelFiles', {})).map((file) => ({
      id: file.id, name: file.name, state: file.state, path: file.path, linked: file.linked === 1, address: file.address, sha256: file.sha256, bytes: file.bytes, addedAt: file.added_at, ...keptSchema.parse(JSON.parse(file.kept)),
    })),
    put: (file) => store.write('putModelFile', row(file)),
    update: (file) => store.write('updateModelFile', row(file)),
    drop: (id) => store.write('dropModelFile', { id }),
  };
}
