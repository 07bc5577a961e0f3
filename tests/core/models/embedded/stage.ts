/** The embedded engine with a real process and real files, in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createHttp } from '../../../../main/core/base/http/index.ts';
import { createEngine, createModelFiles, type Engine, type ModelFiles } from '../../../../main/core/engine/models/index.ts';
import type { FilesStore, StoredFile } from '../../../../main/core/engine/models/embedded/files-store.ts';
import { ENTRY_FILES, hasModelEngine } from '../../../../main/core/entry-files.ts';
import { ggufFile, type TestModel } from '../../../support/gguf-file.ts';

export interface Stage { folder: string; store: FilesStore & { kept: StoredFile[] }; engine: Engine; files: ModelFiles; warnings: unknown[]; memory: number; model(test: TestModel, name?: string): Promise<string>; again(): ModelFiles; close(): Promise<void> }

export function memoryFiles(): FilesStore & { kept: StoredFile[] } {
  const store = {
    kept: [] as StoredFile[],
    files: async () => [...store.kept],
    put: async (file: StoredFile) => { store.kept.push(file); },
    update: async (file: StoredFile) => { store.kept = store.kept.map((each) => (each.id === file.id ? file : each)); },
    drop: async (id: string) => { store.kept = store.kept.filter((file) => file.id !== id); },
  };
  return store;
}

export async function stage(options: { idleMs?: number } = {}): Promise<Stage> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-models-'));
  await mkdir(path.join(folder, 'models'));
  const store = memoryFiles();
  const http = createHttp({ offline: () => false, environment: {} });
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => wait(Math.min(ms, 5), undefined, { signal });
  const warnings: unknown[] = [];
  const log = { warn: (facts: object) => { warnings.push(facts); } };
  let count = 0;
  const clock = { now: () => performance.timeOrigin + performance.now() };
  const engines: Engine[] = [];
  const made: ModelFiles[] = [];
  const make = (): { engine: Engine; files: ModelFiles } => {
    const open = (): Engine => createEngine({ processFile: ENTRY_FILES.modelProcess, clock, sleep, log, idleMs: () => options.idleMs ?? 60_000, changed: () => undefined });
    const [engine, vectorEngine] = [open(), open()];
    engines.push(engine);
    const files = createModelFiles({ store, http, engine, vectorEngine, folder: path.join(folder, 'models'), machine: () => ({ processors: 2, memory: result.memory }), available: hasModelEngine, clock, ids: { next: () => `id${(count += 1)}` }, sleep, log, changed: () => undefined });
    made.push(files);
    return { engine, files };
  };
  const result: Stage = {
    folder, store, warnings, memory: 2 * 1024 ** 3, ...({} as { engine: Engine; files: ModelFiles }),
    async model(test, name = 'tiny.gguf') {
      const file = path.join(folder, name);
      await writeFile(file, ggufFile(test));
      return file;
    },
    again() { const next = make(); result.engine = next.engine; result.files = next.files; return next.files; },
    async close() {
      for (const files of made) await files.stop();
      http.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  Object.assign(result, make());
  return result;
}

/** Waits until `look` answers something, for a few seconds at most. */
export async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (let left = 400; left > 0; left -= 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await wait(25);
  }
  throw new Error('it did not come about in time');
}
