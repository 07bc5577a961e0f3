import { createHash } from 'node:crypto';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { OWN } from '../../../../contract/model/ids.ts';
import { knowledgeKindOf, MOST_DOCUMENT_BYTES, type Citation, type KnowledgeDocument, type KnowledgePassage, type KnowledgeScope } from '../../../../contract/model/knowledge.ts';
import type { Run } from '../../../../contract/model/run.ts';
import type { Store, WriteRequest } from '../../base/store/index.ts';
import { withinBudget, type Seeking, type Vectors } from '../memory/index.ts';
import type { Clock, Ids } from '../runs/index.ts';
import type { Reader } from './reader.ts';
import { createUploads, fileNameOf } from './uploads.ts';

export interface KnowledgeOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly reader: Pick<Reader, 'read'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The text without any secret that this home knows. */
  readonly clean: (text: string) => string;
  readonly changed: () => void;
  /** When the documents are there that plugins bring for their agents. */
  readonly settled?: (() => Promise<void>) | undefined;
  /** Without it searches go by words alone. */
  readonly vectors?: Pick<Vectors, 'look' | 'seek'> | undefined;
}

type Filter = { readonly scope?: KnowledgeScope | undefined; readonly scopeId?: string | undefined };
/** Whose documents a run may look into. */
export type RunThatReads = Pick<Run, 'hireId' | 'pluginId' | 'executionTarget'>;
type Part = { upload: string; offset: number; base64: string; last: boolean; name: string; scope: KnowledgeScope; scopeId?: string | undefined };

/** Documents. Inputs are those of contract/api/knowledge.ts; the last three are for runs. */
export interface KnowledgeService {
  list(input: Filter): Promise<{ documents: KnowledgeDocument[] }>;
  /** `note` says why it went by words alone where it should not; else null. */
  search(input: Filter & { words: string; limit: number }): Promise<{ passages: KnowledgePassage[]; note: string | null }>;
  /** Errors: `knowledge/not-found`. */
  read(input: { id: string; from: number; limit: number }): Promise<{ document: KnowledgeDocument; passages: KnowledgePassage[] }>;
  /** Errors: `core/bad-input`, `knowledge/unreadable`, `knowledge/too-large`, `knowledge/full`, `team/not-found`, `builder/not-found`. */
  add(part: Part): Promise<{ document: KnowledgeDocument | null }>;
  /** Errors: `knowledge/not-found`, `core/bad-input` for one that a plugin brings. */
  remove(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /** Errors: `knowledge/not-found`, `knowledge/full`. */
  restore(input: { id: string }, request?: WriteRequest): Promise<KnowledgeDocument>;
  /** Names of some documents that the run may look into; none: it has no knowledge. */
  namesFor(run: RunThatReads): Promise<string[]>;
  /** Passages that fit, numbered from `after` + 1 on, within a budget of tokens. `note` as for `search`. */
  find(run: RunThatReads, words: string, limit: number, after: number, how?: Seeking): Promise<{ passages: Citation[]; note: string | null }>;
}

const BUDGET_TOKENS = 1600;
const NAMES = 20;

const once = (request: WriteRequest | undefined): { request?: WriteRequest } => (request ? { request } : {});

export function createKnowledge(options: KnowledgeOptions): KnowledgeService {
  const { store, reader, clock, ids, clean, changed, vectors } = options;
  const uploads = createUploads(MOST_DOCUMENT_BYTES, () => new AppError('knowledge/too-large', `A document has ${MOST_DOCUMENT_BYTES / 1e6} MB at most. Add the part of it that matters.`));

  const placesOf = ({ hireId, pluginId, executionTarget }: RunThatReads): { scope: KnowledgeScope; scopeId: string }[] => [
    ...(hireId === null ? [] : [{ scope: 'shared' as const, scopeId: '' }, { scope: 'agent' as const, scopeId: hireId }]),
    ...(pluginId === OWN ? [{ scope: 'own' as const, scopeId: executionTarget }] : []),
  ];

  return {
    list: async (input) => ({ documents: await store.read('knowledgeList', input) }),
    async search(input) {
      const { meaning, note = null } = await vectors?.seek(input.words) ?? {};
      return { passages: await store.read('knowledgeSearch', { ...input, meaning }), note };
    },
    async read({ id, from, limit }) {
      const document = await store.read('knowledgeDocument', { id });
      if (!document) throw new AppError('knowledge/not-found', 'There is no such document. It was removed; look at the list again.');
      return { document, passages: await store.read('knowledgeText', { id, from, limit }) };
    },
    async add({ scope, scopeId, ...part }) {
      if ((scope === 'shared') !== (scopeId === undefined)) throw new AppError('core/bad-input', scope === 'shared' ? 'What is shared belongs to nobody: leave scopeId out.' : 'Whose document it is has to stand in scopeId.');
      const name = fileNameOf(part.name) || 'document';
      const kind = knowledgeKindOf(name);
      if (kind === undefined) throw new AppError('knowledge/unreadable', `"${name}" is of no kind that can be read. Add PDF, Word (.docx), HTML, Markdown, CSV or plain text.`);
      const bytes = uploads.add(part);
      if (!bytes) return { document: null };
      const { passages, notes } = await reader.read(kind, bytes);
      const document = await store.write('insertKnowledge', {
        id: ids.next(), scope, scopeId: scopeId ?? '', pluginId: null, name, kind, digest: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, notes, at: clock.now(), passages: passages.map(({ place, text }) => ({ place, text: clean(text) })),
      });
      changed();
      vectors?.look();
      return { document };
    },
    async remove({ id }, request) {
      await store.write('removeKnowledge', { id, at: clock.now() }, once(request));
      changed();
      return {};
    },
    async restore({ id }, request) {
      const document = await store.write('restoreKnowledge', { id, at: clock.now() }, once(request));
      changed();
      vectors?.look();
      return document;
    },
    async namesFor(run) {
      const places = placesOf(run);
      await options.settled?.();
      return places.length === 0 ? [] : store.read('knowledgeNames', { places, limit: NAMES });
    },
    async find(run, words, limit, after, how) {
      const places = placesOf(run);
      if (places.length === 0) return { passages: [], note: null };
      const { meaning, note = null } = await vectors?.seek(words, how) ?? {};
      const passages = withinBudget(await store.read('knowledgeFor', { places, words, limit, meaning }), BUDGET_TOKENS);
      return { passages: passages.map((passage, at) => ({ number: after + at + 1, ...passage })), note };
    },
  };
}
