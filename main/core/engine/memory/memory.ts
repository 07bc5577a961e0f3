import type { ExportedMemories, Memory, MemoryKind, MemoryOwner, MemoryScope, UsedMemory } from '../../../../contract/model/memory.ts';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Run } from '../../../../contract/model/run.ts';
import type { Store, WriteRequest } from '../../base/store/index.ts';
import type { Clock, Ids } from '../runs/index.ts';
import { withinBudget } from './budget.ts';
import type { Seeking, Vectors } from './vectors.ts';

export interface MemoryOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The text without any secret that this home knows: none is ever remembered. */
  readonly clean: (text: string) => string;
  readonly changed: () => void;
  /** Without it searches go by words alone. */
  readonly vectors?: Pick<Vectors, 'look' | 'seek'> | undefined;
}

type Place = { readonly scope: MemoryScope; readonly scopeId?: string | undefined };
type Filter = { readonly scope?: MemoryScope | undefined; readonly scopeId?: string | undefined };
/** Whose memory a run may use: that of the hired agent whose run it is, and nobody else's. */
export type RunOfAgent = Pick<Run, 'id' | 'hireId' | 'conversationId'>;

/** What agents remember. Inputs are those of contract/api/memory.ts; the last three are for runs. */
export interface MemoryService {
  list(input: Filter & { offset: number; limit: number }): Promise<{ memories: Memory[]; total: number }>;
  search(input: Filter & { words: string; limit: number }): Promise<{ memories: Memory[]; note: string | null }>;
  /** Everything of one place, or without one of all. */
  export(input: Filter): Promise<ExportedMemories>;
  owners(): Promise<{ owners: MemoryOwner[] }>;
  /** Errors: `memory/full`, `team/not-found`, `chat/not-found`. */
  add(input: Place & { text: string; kind: MemoryKind; pinned: boolean }, request?: WriteRequest): Promise<Memory>;
  /** Errors: `memory/not-found`. */
  update(input: { id: string; text?: string | undefined; kind?: MemoryKind | undefined }, request?: WriteRequest): Promise<Memory>;
  /** Errors: `memory/not-found`. */
  pin(input: { id: string; pinned: boolean }, request?: WriteRequest): Promise<Memory>;
  /** Errors: `memory/not-found`. */
  forget(input: { id: string }, request?: WriteRequest): Promise<{ batch: string; forgotten: number }>;
  forgetAll(input: Place, request?: WriteRequest): Promise<{ batch: string; forgotten: number }>;
  /** Errors: `memory/not-found`, `memory/full`. */
  restore(input: { batch: string }, request?: WriteRequest): Promise<{ restored: number }>;
  /** What is put to the model with a request: pinned, fitting and preferences, within a budget of tokens. Nothing for a run that is no hired agent's. `note` says why it went by words alone where it should not. */
  recallFor(run: RunOfAgent, request: string, how?: Seeking): Promise<{ memories: UsedMemory[]; note: string | null }>;
  /** What a model finds when it looks something up. Errors: `permission/denied`. */
  recall(run: RunOfAgent, words: string, limit: number, how?: Seeking): Promise<UsedMemory[]>;
  /** Keeps what a model wants to be kept. Errors: `permission/denied`, `memory/full`, `tools/bad-arguments`. */
  remember(run: RunOfAgent, what: { text: string; kind: MemoryKind; scope: MemoryScope }): Promise<UsedMemory>;
}

/** Roughly what eight short paragraphs take, of a context that has thousands. */
const BUDGET_TOKENS = 800;
const MOST_RECALLED = 12;
const EXPORT_PAGE = 500;

const once = (request: WriteRequest | undefined): { request?: WriteRequest } => (request ? { request } : {});
const used = ({ id, scope, kind, text }: Memory): UsedMemory => ({ id, scope, kind, text });

/** A place as it is kept. @throws AppError `core/bad-input` when it names nobody, or somebody for what is shared */
function placed({ scope, scopeId }: Place): { scope: MemoryScope; scopeId: string } {
  if ((scope === 'shared') !== (scopeId === undefined)) throw new AppError('core/bad-input', scope === 'shared' ? 'What is shared belongs to nobody: leave scopeId out.' : 'Whose memory is meant has to stand in scopeId: an agent of the team, or a conversation.');
  return { scope, scopeId: scopeId ?? '' };
}

export function createMemory(options: MemoryOptions): MemoryService {
  const { store, clock, ids, clean, changed, vectors } = options;
  const told = <T>(answer: T): T => { changed(); vectors?.look(); return answer; };

  const placesOf = ({ hireId, conversationId }: RunOfAgent): { scope: MemoryScope; scopeId: string }[] => (hireId === null ? [] : [
    { scope: 'shared', scopeId: '' }, { scope: 'agent', scopeId: hireId }, ...(conversationId === null ? [] : [{ scope: 'conversation' as const, scopeId: conversationId }]),
  ]);
  const noMemory = (): AppError => new AppError('permission/denied', 'Only an agent of the team has a memory, and this run belongs to none. Say that you cannot remember here.');

  async function find(run: RunOfAgent, words: string, pinned: boolean, limit: number, how: Seeking | undefined): Promise<{ memories: UsedMemory[]; note: string | null }> {
    const { meaning, note = null } = await vectors?.seek(words, how) ?? {};
    const found = withinBudget((await store.read('memoriesFor', { places: placesOf(run), words, pinned, limit, meaning })).map(used), BUDGET_TOKENS);
    if (found.length > 0) await store.write('memoriesUsed', { ids: found.map(({ id }) => id), at: clock.now() }, { durable: false });
    return { memories: found, note };
  }

  return {
    list: (input) => store.read('memoryList', input),
    async search(input) {
      const { meaning, note = null } = await vectors?.seek(input.words) ?? {};
      return { memories: await store.read('memorySearch', { ...input, meaning }), note };
    },
    async export(input) {
      const memories: Memory[] = [];
      for (let page = await store.read('memoryList', { ...input, offset: 0, limit: EXPORT_PAGE }); page.memories.length > 0; page = await store.read('memoryList', { ...input, offset: memories.length, limit: EXPORT_PAGE })) memories.push(...page.memories);
      const iso = (at: number): string => new Date(at).toISOString();
      const file = {
        format: 'troupe-memories', version: 1, exported_at: iso(clock.now()),
        memories: memories.map((one) => ({ id: one.id, scope: one.scope, scope_id: one.scopeId, of: one.owner, kind: one.kind, text: one.text, pinned: one.pinned, author: one.author, created_at: iso(one.createdAt), updated_at: iso(one.updatedAt) })),
      };
      return { name: 'memories.json', mediaType: 'application/json', text: `${JSON.stringify(file, null, 2)}\n` };
    },
    owners: async () => ({ owners: await store.read('memoryOwners', undefined) }),
    add: async ({ text, kind, pinned, ...place }, request) => told(await store.write('insertMemory', { id: ids.next(), ...placed(place), text: clean(text), kind, pinned, author: 'person', runId: null, at: clock.now() }, once(request))),
    update: async ({ id, text, kind }, request) => told(await store.write('updateMemory', { id, text: text === undefined ? undefined : clean(text), kind, at: clock.now() }, once(request))),
    pin: async ({ id, pinned }, request) => told(await store.write('updateMemory', { id, pinned, at: clock.now() }, once(request))),
    forget: async ({ id }, request) => told(await store.write('forgetMemory', { id, batch: ids.next(), at: clock.now() }, once(request))),
    forgetAll: async (place, request) => told(await store.write('forgetMemories', { ...placed(place), batch: ids.next(), at: clock.now() }, once(request))),
    restore: async ({ batch }, request) => told(await store.write('restoreMemories', { batch, at: clock.now() }, once(request))),
    recallFor: async (run, request, how) => (run.hireId === null ? { memories: [], note: null } : find(run, request, true, MOST_RECALLED, how)),
    async recall(run, words, limit, how) {
      if (run.hireId === null) throw noMemory();
      return (await find(run, words, false, limit, how)).memories;
    },
    async remember(run, { text, kind, scope }) {
      const place = placesOf(run).find((one) => one.scope === scope);
      if (run.hireId === null) throw noMemory();
      if (!place) throw new AppError('tools/bad-arguments', 'This run is part of no conversation. Remember it for the agent instead.');
      return used(told(await store.write('insertMemory', { id: ids.next(), ...place, text: clean(text.trim()), kind, pinned: false, author: 'agent', runId: run.id, at: clock.now() })));
    },
  };
}
