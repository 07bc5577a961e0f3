import { AppError } from '../../../../contract/errors/app-error.ts';
import type { ChatImport, ImportPreview } from '../../../../contract/model/chat-import.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { Store, WriteRequest } from '../../base/store/index.ts';
import { fileNameOf } from '../../engine/knowledge/index.ts';
import type { Clock, Ids } from '../../engine/runs/index.ts';
import { ImportFile } from './importing/import-file.ts';
import type { FoundConversation } from './importing/import-reader.ts';

/** Conversations out of files. Inputs are those of contract/api/chat.ts. */
export interface Imports {
  /** A part of a file; the answer to the last says what is in it. Nothing is stored yet. Errors: `chat/bad-import`, `core/bad-input`. */
  add(part: { upload: string; offset: number; base64: string; last: boolean; name: string }): Promise<{ preview: ImportPreview | null }>;
  /** Stores the next ones of a file that was sent in full, for a short while; each is stored whole or not at all. Errors: `chat/bad-import`, `team/not-found`. */
  store(input: { upload: string; hireId: string }): Promise<{ importId: string; imported: number; already: number; left: number }>;
  /** Lets a file go that nothing more is wanted of. */
  drop(input: { upload: string }): Promise<Record<string, never>>;
  list(): Promise<{ imports: ChatImport[] }>;
  /** Hides all that came with one import. Errors: `chat/not-found`. */
  remove(input: { id: string }, request?: WriteRequest): Promise<{ conversations: number }>;
  /** Brings back what `remove` hid. Errors: `chat/not-found`. */
  restore(input: { id: string }, request?: WriteRequest): Promise<{ conversations: number }>;
  stop(): Promise<void>;
}

export interface ImportsOptions { readonly store: Pick<Store, 'read' | 'write'>; readonly clock: Clock; readonly ids: Ids; readonly changed: (topic: 'chat') => void; readonly threadFile: string }

interface Open { readonly file: ImportFile; readonly name: string; readonly importId: string; size: number; preview: ImportPreview | undefined; found: readonly FoundConversation[]; known: ReadonlySet<FoundConversation>; next: number; imported: number; already: number; busy: boolean; timer: NodeJS.Timeout | undefined }

/** At once; each is a thread that may keep hundreds of megabytes. */
const MOST_OPEN = 2;
/** So long a file waits for the next word about it. */
const IDLE_MS = 10 * 60_000;
/** So long one call stores: the page counts along, and can stop in between. */
const STEP_MS = 400;

export function createImports({ store, clock, ids, changed, threadFile }: ImportsOptions): Imports {
  const open = new Map<string, Open>();

  const close = (upload: string): void => {
    const one = open.get(upload);
    open.delete(upload);
    clearTimeout(one?.timer);
    void one?.file.stop();
  };
  const wait = (upload: string, one: Open): void => {
    clearTimeout(one.timer);
    one.timer = setTimeout(() => { close(upload); }, IDLE_MS).unref();
  };

  function begun(upload: string, name: string): Open {
    close(upload);
    const oldest = open.size >= MOST_OPEN ? open.keys().next().value : undefined;
    if (oldest !== undefined) close(oldest);
    const one: Open = { file: new ImportFile(threadFile), name: fileNameOf(name) || 'file', importId: ids.next(), size: 0, preview: undefined, found: [], known: new Set(), next: 0, imported: 0, already: 0, busy: false, timer: undefined };
    open.set(upload, one);
    return one;
  }

  /** Those of a file that are here: the same was imported before, or it was exported from here. */
  async function knownOf(found: readonly FoundConversation[]): Promise<ReadonlySet<FoundConversation>> {
    const known = await store.read('knownConversations', { digests: found.map(({ digest }) => digest), ids: found.flatMap(({ sourceId }) => (sourceId === null ? [] : [sourceId])) });
    const [digests, here] = [new Set(known.digests), new Set(known.ids)];
    return new Set(found.filter(({ digest, sourceId }) => digests.has(digest) || (sourceId !== null && here.has(sourceId))));
  }

  return {
    async add({ upload, offset, base64, last, name }) {
      const one = offset === 0 ? begun(upload, name) : open.get(upload);
      if (!one || one.size !== offset || one.preview) throw new AppError('core/bad-input', 'A part of the file is missing, or came twice. Choose the file again.');
      wait(upload, one);
      const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
      one.size += bytes.length;
      try {
        const read = await one.file.add(bytes, last);
        if (!read) return { preview: null };
        one.found = read.found;
        one.known = await knownOf(read.found);
        one.preview = { ...read.preview, already: one.known.size };
        return { preview: one.preview };
      } catch (error) {
        close(upload);
        throw error;
      }
    },

    async store({ upload, hireId }) {
      const one = open.get(upload);
      if (!one?.preview) throw new AppError('chat/bad-import', 'This file is no longer waiting to be imported. Choose it again: what is here already is not imported twice.');
      if (one.busy) throw new AppError('core/bad-input', 'This file is being imported already. Wait for the answer.');
      one.busy = true;
      wait(upload, one);
      try {
        const fallback = await ownerOf({ id: hireId });
        if (!fallback) throw new AppError('team/not-found', 'This agent is not in your team. Choose another to have the conversations.');
        const until = clock.now() + STEP_MS;
        let before = one.imported;
        while (one.next < one.found.length && clock.now() < until) {
          const found = one.found[one.next];
          if (found && !one.known.has(found)) {
            const conversationId = ids.next();
            const own = await ownerOf({ name: found.agent }) ?? fallback;
            const rows = await one.file.rows(one.next, conversationId, own);
            failpoint('chat.before-imported');
            const { imported } = await store.write('importConversation', { importId: one.importId, source: one.preview.source, file: one.name, at: clock.now(), conversationId, hireId: own.hireId, digest: found.digest, rows });
            failpoint('chat.after-imported');
            one.imported += imported ? 1 : 0;
            one.already += imported ? 0 : 1;
          } else one.already += 1;
          one.next += 1;
        }
        if (one.imported > before) changed('chat');
        before = one.found.length - one.next;
        if (before === 0) close(upload);
        return { importId: one.importId, imported: one.imported, already: one.already, left: before };
      } finally {
        one.busy = false;
      }
    },

    drop({ upload }) {
      close(upload);
      return Promise.resolve({});
    },
    async list() { return { imports: await store.read('importList', {}) }; },
    async remove(input, request) {
      const answer = await store.write('removeImport', { ...input, at: clock.now() }, request ? { request } : {});
      changed('chat');
      return answer;
    },
    async restore(input, request) {
      const answer = await store.write('restoreImport', input, request ? { request } : {});
      changed('chat');
      return answer;
    },
    async stop() {
      const all = [...open.keys()];
      await Promise.all(all.map(async (upload) => { const file = open.get(upload)?.file; close(upload); await file?.stop(); }));
    },
  };

  async function ownerOf(who: { id: string } | { name: string }): Promise<{ hireId: string; name: string } | undefined> {
    const hire = 'id' in who ? await store.read('hireById', who) : await store.read('hireByName', who);
    return hire && hire.state !== 'dismissed' ? { hireId: hire.id, name: hire.name } : undefined;
  }
}
