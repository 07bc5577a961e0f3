import { createHash } from 'node:crypto';
import { toWire } from '../../../../contract/errors/app-error.ts';
import { knowledgeKindOf } from '../../../../contract/model/knowledge.ts';
import type { KnowledgeOfPluginRow, Store } from '../../base/store/index.ts';
import type { Vectors } from '../memory/index.ts';
import type { Clock, Ids } from '../runs/index.ts';
import type { Reader } from './reader.ts';
import { fileNameOf } from './uploads.ts';

/** The documents that a plugin brings for an agent that was hired from it. */
export interface HiredDocuments {
  readonly hireId: string;
  readonly pluginId: string;
  /** The same as long as the documents are the same. */
  readonly key: string;
  /** By their paths in the archive. */
  readonly files: readonly { readonly path: string; read(): Promise<Uint8Array> }[];
}

export interface PluginKnowledgeOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly reader: Pick<Reader, 'read'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly clean: (text: string) => string;
  readonly changed: () => void;
  readonly vectors?: Pick<Vectors, 'look'> | undefined;
  /** Agents that are hired, with what the installed version of their plugin brings for them. */
  readonly hired: () => Promise<readonly HiredDocuments[]>;
  /** Ids of all plugins that are installed. */
  readonly installed: () => Promise<ReadonlySet<string>>;
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Keeps the documents of hired agents as their plugins bring them. */
export interface PluginKnowledge {
  /** To be called whenever agents or plugins may have changed. */
  look(): void;
  /** When what is being looked at now is done. Never rejects. */
  settled(): Promise<void>;
}

export function createPluginKnowledge(options: PluginKnowledgeOptions): PluginKnowledge {
  const { store, reader, clock, ids, clean, warn } = options;
  /** What was brought for each hired agent, so that a look at what is the same costs nothing. */
  const seen = new Map<string, string>();
  let running: Promise<void> | undefined;
  let again = false;

  /** Reads what is not there yet; answers the rows that the plugin does not bring any more. */
  async function bring({ hireId, pluginId, files }: HiredDocuments, rows: readonly KnowledgeOfPluginRow[]): Promise<KnowledgeOfPluginRow[]> {
    const kept = new Set<string>();
    for (const file of files) {
      try {
        const name = fileNameOf(file.path) || 'document';
        const kind = knowledgeKindOf(name);
        if (kind === undefined) throw new TypeError('of no kind that can be read');
        const bytes = await file.read();
        const digest = createHash('sha256').update(bytes).digest('hex');
        const there = rows.find((row) => row.name === name && row.digest === digest);
        if (there) { kept.add(there.id); continue; }
        const { passages, notes } = await reader.read(kind, bytes);
        await store.write('insertKnowledge', { id: ids.next(), scope: 'agent', scopeId: hireId, pluginId, name, kind, digest, bytes: bytes.length, notes, at: clock.now(), passages: passages.map(({ place, text }) => ({ place, text: clean(text) })) });
        options.changed();
      } catch (error) {
        warn('a document of a plugin could not be read for its agent', { pluginId, hireId, file: file.path, code: toWire(error).code });
      }
    }
    return rows.filter(({ id }) => !kept.has(id));
  }

  async function look(): Promise<void> {
    const [hired, installed, rows] = await Promise.all([options.hired(), options.installed(), store.read('knowledgeOfPlugins', undefined)]);
    const gone = rows.filter(({ pluginId }) => !installed.has(pluginId));
    for (const one of hired) {
      if (seen.get(one.hireId) === one.key) continue;
      gone.push(...await bring(one, rows.filter(({ hireId }) => hireId === one.hireId)));
      seen.set(one.hireId, one.key);
    }
    for (const hireId of seen.keys()) if (!hired.some((one) => one.hireId === hireId)) seen.delete(hireId);
    if (gone.length > 0) {
      await store.write('dropPluginKnowledge', { ids: gone.map(({ id }) => id) });
      options.changed();
    }
    options.vectors?.look();
  }

  return {
    look() {
      again = true;
      running ??= (async () => {
        try {
          while (again) { again = false; await look(); }
        } catch (error) {
          warn('the documents of plugins could not be looked at', { code: toWire(error).code });
        } finally {
          running = undefined;
        }
      })();
    },
    settled: async () => { await running; },
  };
}
